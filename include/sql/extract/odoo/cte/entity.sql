-- A branch belongs to the legal entity at its root. In here, a bare name is the table's own column
-- where this version has it, else the null of `absent`.
-- Grain: company
-- Reads: res_company
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    company.id as company_id,
    coalesce(nullif(split_part(company.parent_path, '/', 1), ''), company.id::text)
        as legal_entity_id
from (select null::text as parent_path) as absent
cross join lateral (
    select res_company.id, parent_path::text as parent_path from res_company
) as company
