-- What people have to do, and what to say, the first first.
-- Grain: customer (empty: the bank), kind and currency
-- Reads: work_list_told
-- Writes: the workbook
select work_list_told.* exclude (as_of_date, legal_entity_id, policy_version)
from work_list_told
order by work_list_told.priority
limit $rows_max
