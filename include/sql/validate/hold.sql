-- Holds, and whether the customer or invoice they name is known, and how long they hold.
-- Grain: landed row
-- Reads: checked, customer, invoice
-- Writes: probe
select
    checked.*,
    coalesce(customer.customer_id, invoice.customer_id) is not null as subject_is_known,
    date_diff(
        'day', try_cast(checked.held_from as date), try_cast(checked.held_until as date)
    ) as days_held,
    coalesce(checked.customer_id, invoice.customer_id) as held_customer_id,
from checked
left join customer
    on checked.legal_entity_id = customer.legal_entity_id
    and checked.customer_id = customer.customer_id
left join invoice
    on checked.legal_entity_id = invoice.legal_entity_id
    and checked.invoice_id = invoice.invoice_id
