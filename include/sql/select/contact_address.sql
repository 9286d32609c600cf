-- The contacts whose addresses begin like one of some addresses, up to the @.
-- Grain: contact
-- Reads: contact
-- Writes: suppressed_contact
with local_parts as (
    select unnest(cast($local_parts as varchar[])) as local_part
)

select
    contact.contact_id,
    contact.email,
from contact
semi join local_parts on string_split(contact.email, '@')[1] = local_parts.local_part
order by contact.contact_id
