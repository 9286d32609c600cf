-- The days before each event, cut where the rate or the length of the year changes; whatever the
-- base will be, it is the same on all days of a piece.
-- Grain: claim, event and run of days
-- Reads: claim_event, rule_day, rule_run
-- Writes: claim_piece
with spans as (
    select
        claim_event.claim_id,
        claim_event.rule_id,
        claim_event.event_no,
        claim_event.from_day,
        claim_event.until_day,
        claim_event.rate_day is not null as is_fixed,
        rate_days.day_percent as fixed_percent,
        rate_days.needs_confirmation as fixed_needs_confirmation,
        from_days.interest_days_index - from_days.interest_days as interest_days_before,
        from_days.twos_index - cast(from_days.interest_days = 2 as integer) as twos_before,
        from_days.threes_index - cast(from_days.interest_days = 3 as integer) as threes_before,
        until_days.interest_days_index,
        until_days.twos_index,
        until_days.threes_index,
        unnest(range(from_days.run_no, until_days.run_no + 1)) as run_no,
    from claim_event
    inner join rule_day as from_days
        on claim_event.rule_id = from_days.rule_id
        and claim_event.from_day = from_days.day
    inner join rule_day as until_days
        on claim_event.rule_id = until_days.rule_id
        and claim_event.until_day = until_days.day
    left join rule_day as rate_days
        on claim_event.rule_id = rate_days.rule_id
        and claim_event.rate_day = rate_days.day
    where claim_event.from_day <= claim_event.until_day
),

pieces as (
    select
        spans.claim_id,
        spans.rule_id,
        spans.event_no,
        greatest(spans.from_day, rule_run.from_day) as from_day,
        least(spans.until_day, rule_run.until_day) as until_day,
        case when spans.is_fixed then spans.fixed_percent else rule_run.run_percent end as percent,
        case
            when spans.is_fixed then spans.fixed_percent * rule_run.day_factor
            else rule_run.day_numerator
        end as day_numerator,
        case
            when spans.is_fixed then spans.fixed_needs_confirmation
            else rule_run.needs_confirmation
        end as needs_confirmation,
        least(spans.interest_days_index, rule_run.interest_days_index)
        - greatest(spans.interest_days_before, rule_run.interest_days_before) as interest_days,
        least(spans.twos_index, rule_run.twos_index)
        - greatest(spans.twos_before, rule_run.twos_before) as twos,
        least(spans.threes_index, rule_run.threes_index)
        - greatest(spans.threes_before, rule_run.threes_before) as threes,
    from spans
    inner join rule_run
        on spans.rule_id = rule_run.rule_id
        and spans.run_no = rule_run.run_no
)

select
    pieces.claim_id,
    pieces.rule_id,
    pieces.event_no,
    pieces.from_day,
    pieces.until_day,
    pieces.until_day - pieces.from_day + 1 as days,
    pieces.interest_days,
    pieces.percent,
    pieces.day_numerator,
    pieces.day_numerator * pieces.interest_days as numerator,
    pieces.interest_days - 2 * pieces.twos - 3 * pieces.threes as ones,
    pieces.twos,
    pieces.threes,
    pieces.needs_confirmation,
from pieces
