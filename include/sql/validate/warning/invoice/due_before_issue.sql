-- Due before it was issued: it stands as it came, and may be overdue from its first day.
-- Grain: invoice
-- Reads: invoice, instalment
-- Writes: warning
select invoice.invoice_id as row_key
from invoice
where invoice.due_date < invoice.issue_date

union

select invoice.invoice_id as row_key
from invoice
inner join instalment on invoice.invoice_id = instalment.invoice_id
where instalment.due_date < invoice.issue_date
