-- Average rates (type M). GDATU counts down from 99999999; a negative rate is quoted the other way
-- round; the ratio of the units stands in TCURF where the rate itself has none.
-- Grain: rate_date, from_currency, to_currency
-- Reads: tcurr, tcurf
-- Writes: landing exchange_rate
with quoted as (
    select
        tcurr.fcurr,
        tcurr.tcurr,
        tcurr.gdatu,
        cast(99999999 - cast(tcurr.gdatu as integer) as varchar) as valid_from,
        cast(tcurr.ukurs as decimal(9, 5)) as ukurs,
        cast(tcurr.ffact as decimal(9)) as ffact,
        cast(tcurr.tfact as decimal(9)) as tfact
    from tcurr
    where tcurr.kurst = 'M'
        and cast(tcurr.ukurs as decimal(9, 5)) <> 0
),

ratios as (
    select
        quoted.fcurr,
        quoted.tcurr,
        quoted.gdatu,
        cast(tcurf.ffact as decimal(9)) as ffact,
        cast(tcurf.tfact as decimal(9)) as tfact,
        row_number() over (
            partition by quoted.fcurr, quoted.tcurr, quoted.gdatu
            order by cast(tcurf.gdatu as integer)
        ) as age_no
    from quoted
    inner join tcurf
        on tcurf.kurst = 'M'
        and quoted.fcurr = tcurf.fcurr
        and quoted.tcurr = tcurf.tcurr
        and cast(quoted.gdatu as integer) <= cast(tcurf.gdatu as integer)
),

rates as (
    select
        quoted.*,
        coalesce(nullif(quoted.ffact, 0), nullif(ratios.ffact, 0), 1) as from_units,
        coalesce(nullif(quoted.tfact, 0), nullif(ratios.tfact, 0), 1) as to_units
    from quoted
    left join ratios
        on quoted.fcurr = ratios.fcurr
        and quoted.tcurr = ratios.tcurr
        and quoted.gdatu = ratios.gdatu
        and ratios.age_no = 1
)

select
    substr(valid_from, 1, 4) || '-' || substr(valid_from, 5, 2) || '-' || substr(valid_from, 7, 2)
        as rate_date,
    fcurr as from_currency,
    tcurr as to_currency,
    cast(
        case
            when ukurs > 0 then ukurs * to_units / from_units
            else to_units / (-ukurs * from_units)
        end as decimal(18, 10)
    ) as rate,
    'SAP TCURR M' as source
from rates
order by rate_date, from_currency, to_currency
