-- Invoices, posted on the day of their date; the export knows no other day.
-- Grain: invoice_id
-- Reads: ibm_late_payments
-- Writes: landing invoice
select
    invoiceNumber as invoice_id,
    'IBM' as legal_entity_id,
    customerID as customer_id,
    invoiceNumber as invoice_number,
    'invoice' as document_type,
    coalesce(strftime(try_strptime(InvoiceDate, '%m/%d/%Y'), '%Y-%m-%d'), InvoiceDate)
        as issue_date,
    coalesce(strftime(try_strptime(InvoiceDate, '%m/%d/%Y'), '%Y-%m-%d'), InvoiceDate)
        as posting_date,
    'USD' as currency,
    InvoiceAmount as gross_amount,
    PaperlessBill as bill_medium,
from ibm_late_payments
