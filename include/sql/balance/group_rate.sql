-- The newest rate of each currency into the reporting currency, not newer than the day.
-- Grain: currency
-- Reads: exchange_rate
-- Writes: group_rate
with quoted_rates as (
    select
        exchange_rate.from_currency as currency,
        exchange_rate.rate_date,
        exchange_rate.rate,
    from exchange_rate
    where exchange_rate.to_currency = $reporting_currency
        and exchange_rate.from_currency <> $reporting_currency
        and exchange_rate.rate_date <= $as_of_date
)

select
    quoted_rates.currency,
    max(quoted_rates.rate_date) as exchange_rate_date,
    arg_max(quoted_rates.rate, quoted_rates.rate_date) as exchange_rate,
    $reporting_currency as reporting_currency,
from quoted_rates
group by quoted_rates.currency

union all

select
    $reporting_currency as currency,
    cast($as_of_date as date) as exchange_rate_date,
    cast(1 as decimal(18, 10)) as exchange_rate,
    $reporting_currency as reporting_currency,
