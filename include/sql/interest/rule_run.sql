-- Runs of days in which a rule's rate and length of year stay the same, with what else of the rule
-- the interest of such days depends on.
-- Grain: rule and run of days
-- Reads: rule_day, interest_rule
-- Writes: rule_run
with runs as (
    select
        rule_day.run_key,
        any_value(rule_day.rule_no) as rule_no,
        min(rule_day.day) as from_day,
        max(rule_day.day) as until_day,
        any_value(rule_day.run_percent) as run_percent,
        any_value(rule_day.unit_weight) as unit_weight,
        bool_or(rule_day.needs_confirmation) as run_needs_confirmation,
        min(rule_day.interest_days_index - rule_day.interest_days) as interest_days_before,
        max(rule_day.interest_days_index) as interest_days_index,
        min(rule_day.twos_index - cast(rule_day.interest_days = 2 as integer)) as twos_before,
        max(rule_day.twos_index) as twos_index,
        min(rule_day.threes_index - cast(rule_day.interest_days = 3 as integer)) as threes_before,
        max(rule_day.threes_index) as threes_index,
    from rule_day
    where not rule_day.is_suspended
    group by rule_day.run_key
)

select
    runs.*,
    interest_rule.fixing in ('halfyear_frozen', 'start_frozen', 'rest') as is_fixed,
    cast(interest_rule.base_factor * runs.unit_weight as hugeint) as day_factor,
    interest_rule.base_factor,
    interest_rule.base_factor_unit,
    interest_rule.denominator,
    interest_rule.unit,
    interest_rule.rounding_mode,
    interest_rule.rounding_stage,
from runs
inner join interest_rule on runs.rule_no = interest_rule.rule_no
