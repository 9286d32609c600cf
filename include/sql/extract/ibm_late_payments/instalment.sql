-- One instalment an invoice: the export has one due date for each.
-- Grain: invoice_id, instalment_no
-- Reads: ibm_late_payments
-- Writes: landing instalment
select
    invoiceNumber as invoice_id,
    'IBM' as legal_entity_id,
    1 as instalment_no,
    coalesce(strftime(try_strptime(DueDate, '%m/%d/%Y'), '%Y-%m-%d'), DueDate) as due_date,
    InvoiceAmount as amount,
from ibm_late_payments
