-- The first quarantined rows, for people to look at.
-- Grain: landed row and reason
-- Reads: quarantine
-- Writes: the validation report
select
    quarantine.source_table,
    quarantine.source_row,
    quarantine.row_key,
    quarantine.column_name,
    quarantine.offending_value,
    quarantine.reason_code,
    quarantine.because,
    case when quarantine.holds_dunning then quarantine.customer_id end as customer_held,
from quarantine
order by quarantine.source_table, quarantine.source_row, quarantine.reason_code
limit $listed_rows
