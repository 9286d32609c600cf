-- A document that raises (invoice, debit note) or lowers (credit note) what is owed.
-- Grain: legal_entity_id, invoice_id
-- Reads: invoice
-- Writes: landing invoice
select * from invoice
