-- A promise to pay - the customer named a day and a sum.
-- Grain: legal_entity_id, promise_id
-- Reads: promise
-- Writes: landing promise
select * from promise
