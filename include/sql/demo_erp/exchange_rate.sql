-- Closing rates in EUR on business days: a random walk of at most half a percent a day.
-- Grain: rate_date and from_currency
-- Reads: demo_day, demo_setting
-- Writes: exchange_rate
with
steps as (
    select
        demo_day.day as rate_date,
        rates.key as from_currency,
        cast(rates.value as decimal(18, 8)) as first_rate,
        demo_slice(demo_draw(demo_setting.seed, rates.key, cast(demo_day.day as varchar)), 0) - 512
            as step,
    from demo_day
    cross join demo_setting
    cross join unnest(map_entries(demo_setting.exchange_rates)) as rates_list (rates)
)

select
    rate_date,
    from_currency,
    'EUR' as to_currency,
    cast(
        first_rate
        + first_rate
        * cast(
            sum(step) over (partition by from_currency order by rate_date) as decimal(9, 0)
        ) * 0.00001
        as decimal(18, 8)
    ) as rate,
    'demo' as source,
from steps
order by rate_date, from_currency
