-- Rows that failed at the border.
-- Grain: landed row and reason
-- Reads: quarantine
-- Writes: the workbook
select quarantine.* exclude (as_of_date, legal_entity_id)
from quarantine
order by quarantine.source_table, quarantine.source_row, quarantine.reason_code
limit $rows_max
