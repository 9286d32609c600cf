-- Disputes, and whether their invoice is known.
-- Grain: landed row
-- Reads: checked, invoice
-- Writes: probe
select
    checked.*,
    invoice.invoice_id is not null as invoice_is_known,
    invoice.customer_id as held_customer_id,
from checked
left join invoice
    on checked.legal_entity_id = invoice.legal_entity_id
    and checked.invoice_id = invoice.invoice_id
