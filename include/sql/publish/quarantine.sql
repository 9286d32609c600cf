-- Rows that failed at the border.
-- Grain: landed row and reason
-- Reads: quarantine
-- Writes: quarantine
select
    quarantine.as_of_date,
    quarantine.legal_entity_id,
    quarantine.source_table,
    quarantine.source_row,
    quarantine.row_key,
    quarantine.customer_id,
    quarantine.column_name,
    quarantine.offending_value,
    quarantine.reason_code,
    quarantine.because,
    quarantine.holds_dunning,
from quarantine
