-- The two years cut into ten thousand equal shares of the invoicing, each on one business day.
-- Grain: slot (0 to 9999)
-- Reads: demo_day
-- Writes: demo_slot
select
    slots.slot,
    demo_day.day as issue_date,
from (select unnest(range(10000)) as slot) as slots
inner join demo_day
    on slots.slot * demo_day.total_weight >= demo_day.weight_before * 10000
    and slots.slot * demo_day.total_weight < (demo_day.weight_before + demo_day.weight) * 10000
order by slots.slot
