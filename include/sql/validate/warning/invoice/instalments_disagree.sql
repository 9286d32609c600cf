-- The instalments do not sum to the document: it is not dunned until they are mended.
-- Grain: invoice
-- Reads: invoice, instalment
-- Writes: warning
with scheduled_amounts as (
    select instalment.invoice_id, sum(instalment.amount) as scheduled_amount
    from instalment
    group by instalment.invoice_id
)

select invoice.invoice_id as row_key
from invoice
inner join scheduled_amounts on invoice.invoice_id = scheduled_amounts.invoice_id
where scheduled_amounts.scheduled_amount <> invoice.gross_amount
