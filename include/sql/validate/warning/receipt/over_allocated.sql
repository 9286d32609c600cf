-- More of a receipt is set against invoices of its currency than arrived: the rest is owed again.
-- Grain: receipt
-- Reads: receipt, allocation, invoice
-- Writes: warning
with used_amounts as (
    select allocation.source_id, invoice.currency, sum(allocation.amount) as used_amount
    from allocation
    inner join invoice on allocation.invoice_id = invoice.invoice_id
    where allocation.source_type = 'receipt'
        and allocation.reversed_on is null
    group by allocation.source_id, invoice.currency
)

select receipt.receipt_id as row_key
from receipt
inner join used_amounts
    on receipt.receipt_id = used_amounts.source_id
    and receipt.currency = used_amounts.currency
where used_amounts.used_amount > receipt.amount
