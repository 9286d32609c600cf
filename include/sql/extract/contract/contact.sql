-- A person or mailbox at the customer, by role.
-- Grain: legal_entity_id, contact_id
-- Reads: contact
-- Writes: landing contact
select * from contact
