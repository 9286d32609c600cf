-- The business that owes.
-- Grain: legal_entity_id, customer_id
-- Reads: customer
-- Writes: landing customer
select * from customer
