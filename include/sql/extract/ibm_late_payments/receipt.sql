-- Receipts: every settled invoice was paid in full by a receipt of its own on its settled date.
-- Grain: receipt_id
-- Reads: ibm_late_payments
-- Writes: landing receipt
select
    invoiceNumber as receipt_id,
    'IBM' as legal_entity_id,
    customerID as customer_id,
    coalesce(strftime(try_strptime(SettledDate, '%m/%d/%Y'), '%Y-%m-%d'), SettledDate)
        as receipt_date,
    'USD' as currency,
    InvoiceAmount as amount,
from ibm_late_payments
where trim(SettledDate) <> ''
