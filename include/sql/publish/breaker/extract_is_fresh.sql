-- The ERP said nothing new for some business days.
-- Grain: night
-- Reads: extract_age, business_day
-- Writes: check_result
with ages as (
    select known_day.number - landed_day.number as days
    from extract_age
    inner join business_day as known_day on extract_age.known_on = known_day.day
    inner join business_day as landed_day on extract_age.landed_on = landed_day.day
)

select
    'extract' as subject,
    case when ages.days > $extract_age_max then 'stop' else 'pass' end as outcome,
    'unchanged for ' || ages.days || ' business days; trips above '
    || cast($extract_age_max as varchar) as finding,
from ages
