-- Settlement agreements, and whether their customer and every invoice that they name is known.
-- Grain: landed row
-- Reads: checked, customer, invoice
-- Writes: probe
with named_invoices as (
    select
        checked.source_row,
        checked.legal_entity_id,
        trim(unnest(string_split(checked.invoice_ids, ';'))) as invoice_id,
    from checked
),

unknown_invoices as (
    select distinct named_invoices.source_row
    from named_invoices
    left join invoice
        on named_invoices.legal_entity_id = invoice.legal_entity_id
        and named_invoices.invoice_id = invoice.invoice_id
    where named_invoices.invoice_id <> ''
        and invoice.invoice_id is null
)

select
    checked.*,
    customer.customer_id is not null as customer_is_known,
    unknown_invoices.source_row is null as invoices_are_known,
    checked.customer_id as held_customer_id,
from checked
left join customer
    on checked.legal_entity_id = customer.legal_entity_id
    and checked.customer_id = customer.customer_id
left join unknown_invoices on checked.source_row = unknown_invoices.source_row
