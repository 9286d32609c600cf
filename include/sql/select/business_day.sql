-- Days on which both the customers of a country and we work, with their number among such days: the
-- number of a day less that of another is how many business days came after that one.
-- Grain: country and day
-- Reads: customer, holiday
-- Writes: business_day
with days as (
    select cast(unnest(generate_series(
        cast($first_day as timestamp), cast($last_day as timestamp), interval 1 day
    )) as date) as day,
),

judged_days as (
    select
        countries.country,
        days.day,
        isodow(days.day) <= 5
        and not exists (
            select 1
            from holiday
            where holiday.day = days.day
                and (holiday.country is null or holiday.country = countries.country)
        ) as is_business_day,
    from days
    cross join (select distinct customer.country from customer) as countries
)

select
    judged_days.country,
    judged_days.day,
    judged_days.is_business_day,
    count(*) filter (judged_days.is_business_day) over (
        partition by judged_days.country order by judged_days.day
    ) as number,
from judged_days
