-- Allocations: the receipt of a settled invoice, all of it, on its settled date.
-- Grain: allocation_id
-- Reads: ibm_late_payments
-- Writes: landing allocation
select
    invoiceNumber as allocation_id,
    'IBM' as legal_entity_id,
    invoiceNumber as invoice_id,
    1 as instalment_no,
    'receipt' as source_type,
    invoiceNumber as source_id,
    coalesce(strftime(try_strptime(SettledDate, '%m/%d/%Y'), '%Y-%m-%d'), SettledDate)
        as allocation_date,
    InvoiceAmount as amount,
from ibm_late_payments
where trim(SettledDate) <> ''
