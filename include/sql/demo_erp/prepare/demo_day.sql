-- Business days of the two years, and how much of the invoicing falls on each and before it.
-- Grain: day
-- Reads: demo_setting
-- Writes: demo_day
with
calendar_days as (
    select cast(unnest(generate_series(first_day, until, interval 1 day)) as date) as day,
    from demo_setting
),

weighted_days as (
    select
        day,
        case when day > last_day(day) - 4 then 24 else 10 end as weight,
    from calendar_days
    where isodow(day) < 6 and strftime(day, '%m-%d') not in ('01-01', '05-01', '12-25')
)

select
    day,
    weight,
    cast(sum(weight) over (order by day) as bigint) - weight as weight_before,
    cast(sum(weight) over () as bigint) as total_weight,
from weighted_days
order by day
