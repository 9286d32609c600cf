-- Open billing documents; the gross amount is what is open, as the export has no other amount.
-- Document numbers come as floats (1930571429.0) and lose the .0; RV is SAP's billing document.
-- Grain: invoice_id
-- Reads: sap_open_items
-- Writes: landing invoice
select
    regexp_replace(trim(doc_id), '\.0$', '') as invoice_id,
    'SAP' as legal_entity_id,
    trim(cust_number) as customer_id,
    regexp_replace(trim(doc_id), '\.0$', '') as invoice_number,
    if("document type" = 'RV', 'invoice', "document type") as document_type,
    document_create_date as issue_date,
    posting_date,
    invoice_currency as currency,
    total_open_amount as gross_amount,
    business_code,
    cust_payment_terms as payment_terms_code,
from sap_open_items
where isOpen = '1'
