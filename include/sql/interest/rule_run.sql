-- Runs of days in which a rule's rate and length of year stay the same.
-- Grain: rule and run of days
-- Reads: rule_day, interest_rule
-- Writes: rule_run
select
    rule_day.rule_id,
    rule_day.run_no,
    min(rule_day.day) as from_day,
    max(rule_day.day) as until_day,
    any_value(rule_day.run_percent) as run_percent,
    bool_or(rule_day.needs_confirmation) as needs_confirmation,
    cast(any_value(interest_rule.base_factor * rule_day.unit_weight) as hugeint) as day_factor,
    cast(
        any_value(rule_day.run_percent * interest_rule.base_factor * rule_day.unit_weight)
        as hugeint
    ) as day_numerator,
    min(rule_day.interest_days_index - rule_day.interest_days) as interest_days_before,
    max(rule_day.interest_days_index) as interest_days_index,
    min(rule_day.twos_index - cast(rule_day.interest_days = 2 as integer)) as twos_before,
    max(rule_day.twos_index) as twos_index,
    min(rule_day.threes_index - cast(rule_day.interest_days = 3 as integer)) as threes_before,
    max(rule_day.threes_index) as threes_index,
from rule_day
inner join interest_rule on rule_day.rule_id = interest_rule.rule_id
where not rule_day.is_suspended
group by rule_day.rule_id, rule_day.run_no
