-- Who was ever billed by which company.
-- Grain: entity and third party
-- Reads: llx_facture
-- Writes: nothing; a CTE of the SELECTs beside this folder
select distinct entity, fk_soc
from llx_facture
where fk_statut > 0
