-- Lines of dropped files that were not even rows, with each customer that one may be about; those
-- about nobody we know are kept by the source's first legal entity.
-- Grain: line, file and customer
-- Reads: malformed_row, named_customer, contract_table, night
-- Writes: quarantine
select
    night.as_of_date,
    night.legal_entity_id,
    malformed_row.source_table,
    cast(malformed_row.source_row as bigint) as source_row,
    malformed_row.source_file as row_key,
    named_customer.customer_id,
    cast(null as varchar) as column_name,
    cast(null as varchar) as offending_value,
    'ROW_MALFORMED' as reason_code,
    'a line with too many or too few fields cannot be told apart' as because,
    coalesce(contract_table.holds_dunning, true) as holds_dunning,
from malformed_row
left join named_customer
    on malformed_row.source_file = named_customer.source_file
    and malformed_row.source_row = named_customer.source_row
left join contract_table on malformed_row.source_table = contract_table.source_table
cross join night
where night.takes_strays or named_customer.customer_id is not null
