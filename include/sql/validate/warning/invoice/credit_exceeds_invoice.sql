-- A credit note is larger than all that it is set against: the rest stands to the customer's credit.
-- Grain: credit note
-- Reads: invoice, allocation
-- Writes: warning
with credited_documents as (
    select distinct allocation.source_id as credit_note_id, allocation.invoice_id
    from allocation
    where allocation.source_type = 'credit_note'
        and allocation.reversed_on is null
),

credited_amounts as (
    select
        credited_documents.credit_note_id,
        invoice.currency,
        sum(invoice.gross_amount) as invoiced_amount,
    from credited_documents
    inner join invoice on credited_documents.invoice_id = invoice.invoice_id
    group by credited_documents.credit_note_id, invoice.currency
)

select credit_note.invoice_id as row_key
from invoice as credit_note
inner join credited_amounts
    on credit_note.invoice_id = credited_amounts.credit_note_id
    and credit_note.currency = credited_amounts.currency
where credit_note.gross_amount > credited_amounts.invoiced_amount
