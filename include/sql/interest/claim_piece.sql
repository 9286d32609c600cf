-- The days before each event, cut where the rate or the length of the year changes. Only what the
-- claim itself says may pass the unnest: DuckDB 2.0 ends with an internal error where a column of
-- a join with a small table passes one on its way to the next such join.
-- Grain: claim, event and run of days
-- Reads: claim_span, rule_day, rule_run
-- Writes: claim_piece
with run_keys as (
    select
        claim_span.*,
        unnest(range(from_days.run_key, until_days.run_key + 1)) as run_key,
    from claim_span
    inner join rule_day as from_days on claim_span.from_key = from_days.day_key
    inner join rule_day as until_days on claim_span.until_key = until_days.day_key
),

pieces as (
    select
        run_keys.* exclude (from_key, until_key, rate_key, run_key),
        greatest(from_days.day, rule_run.from_day) as from_day,
        least(until_days.day, rule_run.until_day) as until_day,
        least(until_days.interest_days_index, rule_run.interest_days_index) - greatest(
            from_days.interest_days_index - from_days.interest_days, rule_run.interest_days_before
        ) as interest_days,
        least(until_days.twos_index, rule_run.twos_index) - greatest(
            from_days.twos_index - cast(from_days.interest_days = 2 as integer),
            rule_run.twos_before
        ) as twos,
        least(until_days.threes_index, rule_run.threes_index) - greatest(
            from_days.threes_index - cast(from_days.interest_days = 3 as integer),
            rule_run.threes_before
        ) as threes,
        case when rule_run.is_fixed then rate_days.day_percent else rule_run.run_percent end
            as percent,
        case
            when rule_run.is_fixed then rate_days.needs_confirmation
            else rule_run.run_needs_confirmation
        end as needs_confirmation,
        rule_run.day_factor,
        rule_run.base_factor,
        rule_run.base_factor_unit,
        rule_run.denominator,
        rule_run.unit,
        rule_run.rounding_mode,
        rule_run.rounding_stage,
    from run_keys
    inner join rule_run on run_keys.run_key = rule_run.run_key
    inner join rule_day as from_days on run_keys.from_key = from_days.day_key
    inner join rule_day as until_days on run_keys.until_key = until_days.day_key
    inner join rule_day as rate_days on run_keys.rate_key = rate_days.day_key
)

select
    pieces.* exclude (day_factor),
    pieces.until_day - pieces.from_day + 1 as days,
    pieces.percent * pieces.day_factor as day_numerator,
    pieces.percent * pieces.day_factor * pieces.interest_days as numerator,
from pieces
