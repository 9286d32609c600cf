-- A call, message or visit and what came of it.
-- Grain: legal_entity_id, event_id
-- Reads: contact_event
-- Writes: landing contact_event
select * from contact_event
