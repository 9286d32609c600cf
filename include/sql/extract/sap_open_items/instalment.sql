-- One instalment an open document, with the open amount that SAP itself states.
-- Grain: invoice_id, instalment_no
-- Reads: sap_open_items
-- Writes: landing instalment
select
    regexp_replace(trim(doc_id), '\.0$', '') as invoice_id,
    'SAP' as legal_entity_id,
    1 as instalment_no,
    due_in_date as due_date,
    total_open_amount as amount,
    total_open_amount as open_amount,
from sap_open_items
where isOpen = '1'
