-- The rows that failed at the border, a line for each rule that a row broke.
-- Grain: landed row and reason
-- Reads: failure, probe, night
-- Writes: quarantine
select
    night.as_of_date,
    night.legal_entity_id,
    failure.source_table,
    failure.source_row,
    replace(probe.row_key, chr(31), ' / ') as row_key,
    probe.held_customer_id as customer_id,
    failure.column_name,
    case when night.shows_values then failure.offending_value end as offending_value,
    failure.reason_code,
    failure.because,
    night.holds_dunning,
from failure
inner join probe on failure.source_row = probe.source_row
cross join night
where failure.source_table = $source_table
