-- The shipping documents that the invoices name.
-- Grain: document and shipping document
-- Reads: claim, invoice
-- Writes: the dossier
with named_deliveries as (
    select
        invoice.invoice_id,
        invoice.invoice_number,
        trim(unnest(string_split(invoice.delivery_refs, ';'))) as delivery_ref,
    from invoice
    where invoice.invoice_id in (select claim.invoice_id from claim)
)

select distinct
    named_deliveries.invoice_id,
    named_deliveries.invoice_number,
    named_deliveries.delivery_ref,
from named_deliveries
where named_deliveries.delivery_ref <> ''
order by named_deliveries.invoice_id, named_deliveries.delivery_ref
