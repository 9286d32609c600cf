-- Part of a receipt, credit note or write-off set against an invoice, in the invoice's currency.
-- Grain: legal_entity_id, allocation_id
-- Reads: allocation
-- Writes: landing allocation
select * from allocation
