-- Each company's currency, and to how many digits it rounds totals.
-- Grain: entity
-- Reads: llx_const
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    entity,
    max(if(name = 'MAIN_MONNAIE', value, null)) as currency,
    coalesce(max(if(name = 'MAIN_MAX_DECIMALS_TOT', cast(value as unsigned), null)), 2)
        as digits
from llx_const
where name in ('MAIN_MONNAIE', 'MAIN_MAX_DECIMALS_TOT')
group by entity
