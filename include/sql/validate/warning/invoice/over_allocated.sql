-- More is set against a document than it amounts to: the rest stands to the customer's credit.
-- Grain: invoice
-- Reads: invoice, allocation
-- Writes: warning
with allocated_amounts as (
    select allocation.invoice_id, sum(allocation.amount) as allocated_amount
    from allocation
    where allocation.reversed_on is null
    group by allocation.invoice_id
)

select invoice.invoice_id as row_key
from invoice
inner join allocated_amounts on invoice.invoice_id = allocated_amounts.invoice_id
where allocated_amounts.allocated_amount > invoice.gross_amount
