-- What was set against the documents by the day.
-- Grain: allocation
-- Reads: claim, allocation, invoice, receipt
-- Writes: the dossier
select
    allocation.invoice_id,
    allocation.allocation_id,
    allocation.source_type,
    allocation.source_id,
    receipt.receipt_date as received_on,
    allocation.allocation_date,
    invoice.currency,
    allocation.amount,
from allocation
inner join invoice on allocation.invoice_id = invoice.invoice_id
left join receipt
    on allocation.source_type = 'receipt'
    and allocation.source_id = receipt.receipt_id
where allocation.invoice_id in (select claim.invoice_id from claim)
    and allocation.allocation_date <= $as_of_date
    and (allocation.reversed_on is null or allocation.reversed_on > $as_of_date)
order by allocation.allocation_date, allocation.allocation_id
