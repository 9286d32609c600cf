-- Days with their number among the business days: a day's number less another's is how many
-- business days came after that one.
-- Grain: day
-- Reads: holiday
-- Writes: business_day
with days as (
    select cast(unnest(generate_series(
        cast($first_day as timestamp), cast($last_day as timestamp), interval 1 day
    )) as date) as day,
)

select
    days.day,
    isodow(days.day) <= 5 and days.day not in (select holiday.day from holiday)
        as is_business_day,
    count(*) filter (
        isodow(days.day) <= 5 and days.day not in (select holiday.day from holiday)
    ) over (order by days.day) as number,
from days
