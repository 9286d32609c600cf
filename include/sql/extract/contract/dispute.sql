-- The customer contests an invoice, whole or in part.
-- Grain: legal_entity_id, dispute_id
-- Reads: dispute
-- Writes: landing dispute
select * from dispute
