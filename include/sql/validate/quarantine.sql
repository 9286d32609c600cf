-- The rows that failed at the border, a line for each rule that a row broke.
-- A second copy of a row that went on tells nothing new: it holds nobody's dunning.
-- Grain: landed row and reason
-- Reads: failure, probe, night
-- Writes: quarantine
select
    night.as_of_date,
    night.legal_entity_id,
    failure.source_table,
    failure.source_row,
    left(regexp_replace(
        array_to_string(string_split(probe.row_key, chr(31)), ' / '), '[\x00-\x1f\x7f]', '�', 'g'
    ), 200) as row_key,
    left(
        regexp_replace(probe.held_customer_id, '[\x00-\x1f\x7f]', '�', 'g'), 200
    ) as customer_id,
    failure.column_name,
    case
        when night.shows_values
            then regexp_replace(failure.offending_value, '[\x00-\x1f\x7f]', '�', 'g')
    end as offending_value,
    failure.reason_code,
    failure.because,
    night.holds_dunning
    and not (failure.column_name = 'duplicate' and failure.offending_value = 'repeated')
        as holds_dunning,
from failure
inner join probe on failure.source_row = probe.source_row
cross join night
where failure.source_table = $source_table
