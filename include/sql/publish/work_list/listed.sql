-- What people have to do, the first of each kind.
-- Grain: customer (empty: the bank), kind and currency
-- Reads: work_list_told
-- Writes: the page
select
    work_list_told.*,
    count(*) over (partition by work_list_told.kind) as found_rows,
from work_list_told
qualify row_number() over (
    partition by work_list_told.kind order by work_list_told.priority
) <= $rows_max
order by work_list_told.priority
