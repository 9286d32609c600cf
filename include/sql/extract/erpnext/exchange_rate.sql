-- Exchange rates; where buying and selling have rates of their own, the one for selling.
-- Grain: rate_date, from_currency, to_currency
-- Reads: tabCurrency Exchange
-- Writes: landing exchange_rate
with ranked_rates as (
    select
        `tabCurrency Exchange`.*,
        row_number() over (
            partition by date, from_currency, to_currency
            order by for_selling desc, modified desc, name
        ) as preference
    from `tabCurrency Exchange`
)

select
    date as rate_date,
    from_currency,
    to_currency,
    exchange_rate as rate,
    'ERPNext Currency Exchange' as source
from ranked_rates
where preference = 1
    and exchange_rate > 0
