-- Exchange rates: Dolibarr has how much of a currency one unit of the company's is worth; the last of a day.
-- Grain: rate_date, from_currency, to_currency
-- Reads: llx_multicurrency_rate, llx_multicurrency, llx_const
-- Writes: landing exchange_rate
with ranked_rates as (
    select
        date(llx_multicurrency_rate.date_sync) as rate_date,
        llx_multicurrency.code as from_currency,
        llx_const.value as to_currency,
        cast(llx_multicurrency_rate.rate as decimal(24, 10)) as rate,
        row_number() over (
            partition by
                date(llx_multicurrency_rate.date_sync), llx_multicurrency.code, llx_const.value
            order by llx_multicurrency_rate.date_sync desc, llx_multicurrency_rate.rowid desc
        ) as preference
    from llx_multicurrency_rate
    inner join llx_multicurrency
        on llx_multicurrency.rowid = llx_multicurrency_rate.fk_multicurrency
    inner join llx_const
        on llx_const.entity = llx_multicurrency.entity
        and llx_const.name = 'MAIN_MONNAIE'
    where llx_multicurrency_rate.rate > 0
        and llx_multicurrency.code <> llx_const.value
)

select
    rate_date,
    from_currency,
    to_currency,
    cast(1 / rate as decimal(18, 10)) as rate,
    'Dolibarr multicurrency' as source
from ranked_rates
where preference = 1
