-- Money was set against an invoice before it was issued: an advance, or a mistyped day.
-- Grain: allocation
-- Reads: allocation, invoice
-- Writes: warning
select allocation.allocation_id as row_key
from allocation
inner join invoice on allocation.invoice_id = invoice.invoice_id
where allocation.allocation_date < invoice.issue_date
