-- What was noted when the customers of a contact were called or written to; the ERP does not say with
-- whom of them it was.
-- Grain: contact event
-- Reads: contact_event
-- Writes: what is told of a person
select contact_event.*,
from contact_event
where list_contains($customer_ids, contact_event.customer_id)
order by all
