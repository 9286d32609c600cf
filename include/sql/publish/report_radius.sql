-- What bad data holds up, the most letters first.
-- Grain: table, reason and currency
-- Reads: blast_radius
-- Writes: the validation report
select
    blast_radius.* exclude (as_of_date, legal_entity_id),
    blast_radius.open_items_held > 0 as is_odd,
from blast_radius
order by
    blast_radius.notices_withheld desc,
    blast_radius.items_withheld desc,
    blast_radius.open_items_held desc,
    blast_radius.source_table,
    blast_radius.reason_code,
    blast_radius.currency
