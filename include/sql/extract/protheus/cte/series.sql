-- Instalments are numbered 1, 2, 3, or lettered A, B, C; a series of digits goes on with A after 9.
-- Any other instalment is passed on as it is, and quarantined.
-- Grain: title
-- Reads: keyed_titles
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    keyed_titles.*,
    max(
        case when parcela <> '' and regexp_replace(parcela, '\d', '', 'g') = '' then 1 else 0 end
    ) over (partition by document_id) as has_digits
from keyed_titles
