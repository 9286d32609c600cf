-- Instalments, with whether their invoice is known and their due date plausible.
-- Grain: landed row
-- Reads: checked, invoice
-- Writes: probe
select
    checked.*,
    invoice.invoice_id is not null as invoice_is_known,
    date_diff('day', invoice.issue_date, try_cast(checked.due_date as date)) as days_to_due,
    invoice.customer_id as held_customer_id,
from checked
left join invoice
    on checked.legal_entity_id = invoice.legal_entity_id
    and checked.invoice_id = invoice.invoice_id
