-- The documents of the claims.
-- Grain: document
-- Reads: claim, invoice
-- Writes: the dossier
select
    invoice.invoice_id,
    invoice.invoice_number,
    invoice.document_type,
    invoice.issue_date,
    invoice.posting_date,
    invoice.contract_date,
    invoice.description,
    invoice.purchase_order_ref,
    invoice.currency,
    invoice.gross_amount,
    invoice.instrument_type,
    invoice.instrument_status,
    invoice.instrument_ref,
from invoice
where invoice.invoice_id in (select claim.invoice_id from claim)
order by invoice.issue_date, invoice.invoice_id
