-- Disputes, each over its whole invoice; the export says that there was one, not when.
-- It is taken as opened on the invoice's date and resolved on the settled date.
-- Grain: dispute_id
-- Reads: ibm_late_payments
-- Writes: landing dispute
select
    invoiceNumber as dispute_id,
    'IBM' as legal_entity_id,
    invoiceNumber as invoice_id,
    coalesce(strftime(try_strptime(InvoiceDate, '%m/%d/%Y'), '%Y-%m-%d'), InvoiceDate)
        as opened_on,
    coalesce(strftime(try_strptime(SettledDate, '%m/%d/%Y'), '%Y-%m-%d'), SettledDate)
        as resolved_on,
from ibm_late_payments
where lower(trim(Disputed)) = 'yes'
