-- The contacts of some customers that may still be written to.
-- Grain: contact
-- Reads: contact
-- Writes: nothing
select
    contact.customer_id,
    contact.contact_id,
    contact.email,
from contact
where contact.customer_id in (select unnest(cast($customer_ids as varchar[])))
    and contact.email is not null
    and coalesce(contact.is_active, true)
order by contact.customer_id, contact.contact_id
