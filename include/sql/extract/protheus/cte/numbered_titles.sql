-- Titles with the number of the instalment that each is.
-- Grain: title
-- Reads: series
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    series.*,
    case
        when parcela = '' then '1'
        when length(parcela) = 1 and parcela between 'A' and 'Z'
            then cast(ascii(parcela) - 64 + 9 * has_digits as varchar)
        when regexp_replace(parcela, '\d', '', 'g') = ''
            then cast(cast(parcela as integer) as varchar)
        else parcela
    end as instalment_no
from series
