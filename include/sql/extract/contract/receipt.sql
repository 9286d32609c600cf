-- Money that arrived.
-- Grain: legal_entity_id, receipt_id
-- Reads: receipt
-- Writes: landing receipt
select * from receipt
