-- The days before each event, cut where the rate or the length of the year changes.
-- Grain: claim, event and run of days
-- Reads: claim_span, rule_day, rule_run
-- Writes: claim_piece
with spans as (
    select
        claim_span.*,
        from_days.day as from_day,
        until_days.day as until_day,
        rate_days.day_percent as fixed_percent,
        rate_days.needs_confirmation as fixed_needs_confirmation,
        from_days.interest_days_index - from_days.interest_days as interest_days_before,
        until_days.interest_days_index,
        from_days.twos_index - cast(from_days.interest_days = 2 as integer) as twos_before,
        until_days.twos_index,
        from_days.threes_index - cast(from_days.interest_days = 3 as integer) as threes_before,
        until_days.threes_index,
        unnest(range(from_days.run_key, until_days.run_key + 1)) as run_key,
    from claim_span
    inner join rule_day as from_days on claim_span.from_key = from_days.day_key
    inner join rule_day as until_days on claim_span.until_key = until_days.day_key
    inner join rule_day as rate_days on claim_span.rate_key = rate_days.day_key
),

pieces as (
    select
        spans.claim_id,
        spans.event_no,
        spans.step_no,
        spans.is_booked,
        spans.is_small,
        spans.base_amount,
        greatest(spans.from_day, rule_run.from_day) as from_day,
        least(spans.until_day, rule_run.until_day) as until_day,
        least(spans.interest_days_index, rule_run.interest_days_index)
        - greatest(spans.interest_days_before, rule_run.interest_days_before) as interest_days,
        least(spans.twos_index, rule_run.twos_index)
        - greatest(spans.twos_before, rule_run.twos_before) as twos,
        least(spans.threes_index, rule_run.threes_index)
        - greatest(spans.threes_before, rule_run.threes_before) as threes,
        case when rule_run.is_fixed then spans.fixed_percent else rule_run.run_percent end as percent,
        case
            when rule_run.is_fixed then spans.fixed_needs_confirmation
            else rule_run.run_needs_confirmation
        end as needs_confirmation,
        rule_run.* exclude (
            run_key, rule_no, from_day, until_day, run_percent, unit_weight,
            run_needs_confirmation, interest_days_before, interest_days_index, twos_before,
            twos_index, threes_before, threes_index, is_fixed
        ),
    from spans
    inner join rule_run on spans.run_key = rule_run.run_key
)

select
    pieces.* exclude (day_factor),
    pieces.until_day - pieces.from_day + 1 as days,
    pieces.percent * pieces.day_factor as day_numerator,
    pieces.percent * pieces.day_factor * pieces.interest_days as numerator,
from pieces
