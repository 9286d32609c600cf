-- What people have to do, the first first.
-- Grain: customer (empty: the bank), kind and currency
-- Reads: published_work_list
-- Writes: the workbook
select published_work_list.* exclude (as_of_date, legal_entity_id, policy_version)
from published_work_list
order by published_work_list.priority
limit $rows_max
