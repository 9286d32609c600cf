-- Promises to pay, and whether their customer and invoice are known, and its days in order.
-- Grain: landed row
-- Reads: checked, customer, invoice
-- Writes: probe
select
    checked.*,
    customer.customer_id is not null as customer_is_known,
    checked.invoice_id is null or invoice.invoice_id is not null as invoice_is_known,
    date_diff(
        'day', try_cast(checked.promised_on as date), try_cast(checked.due_on as date)
    ) as days_to_due,
    checked.customer_id as held_customer_id,
from checked
left join customer
    on checked.legal_entity_id = customer.legal_entity_id
    and checked.customer_id = customer.customer_id
left join invoice
    on checked.legal_entity_id = invoice.legal_entity_id
    and checked.invoice_id = invoice.invoice_id
