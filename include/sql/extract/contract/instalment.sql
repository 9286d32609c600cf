-- One due part of an invoice.
-- Grain: legal_entity_id, invoice_id, instalment_no
-- Reads: instalment
-- Writes: landing instalment
select * from instalment
