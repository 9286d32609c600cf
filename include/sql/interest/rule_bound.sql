-- The largest rate and weight of a day under each rule: no number can grow beyond what they allow.
-- Grain: rule
-- Reads: rule_day
-- Writes: rule_bound
select
    rule_day.rule_no,
    cast(coalesce(max(abs(rule_day.day_percent)), 0) as double)
    * max(rule_day.unit_weight) as largest_day,
from rule_day
group by rule_day.rule_no
