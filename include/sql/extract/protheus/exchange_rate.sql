-- Rates of the day into reais: currencies 2, 4 and 5 of the standard installation.
-- Grain: rate_date, from_currency
-- Reads: sm2010
-- Writes: landing exchange_rate
with rates as (
    select m2_data, 'USD' as currency, m2_moeda2 as rate, d_e_l_e_t_ from sm2010
    union all
    select m2_data, 'EUR' as currency, m2_moeda4 as rate, d_e_l_e_t_ from sm2010
    union all
    select m2_data, 'JPY' as currency, m2_moeda5 as rate, d_e_l_e_t_ from sm2010
)

select
    nullif(
        regexp_replace(
            trim(cast(m2_data as varchar)), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'
        ),
        ''
    ) as rate_date,
    currency as from_currency,
    'BRL' as to_currency,
    cast(rate as decimal(18, 10)) as rate,
    'Protheus SM2' as source
from rates
where cast(rate as decimal(18, 10)) > 0
    and coalesce(trim(d_e_l_e_t_), '') = ''
order by rate_date, from_currency
