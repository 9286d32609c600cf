-- Lines of dropped files that were not even rows; the source's first legal entity keeps them.
-- Grain: line and file
-- Reads: malformed_row, night
-- Writes: quarantine
select
    night.as_of_date,
    night.legal_entity_id,
    malformed_row.source_table,
    malformed_row.source_row,
    malformed_row.source_file as row_key,
    cast(null as varchar) as customer_id,
    cast(null as varchar) as column_name,
    cast(null as varchar) as offending_value,
    'ROW_MALFORMED' as reason_code,
    'a line with too many or too few fields cannot be told apart' as because,
    true as holds_dunning,
from malformed_row
cross join night
where night.takes_strays
