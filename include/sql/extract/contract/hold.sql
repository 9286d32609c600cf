-- A customer or an invoice that must not be dunned for a while; no hold is for ever.
-- Grain: legal_entity_id, hold_id
-- Reads: hold
-- Writes: landing hold
select * from hold
