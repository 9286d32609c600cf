-- A contact by its id, or those that have, or had, an address, as they were landed over time.
-- Grain: contact and state of its row
-- Reads: landed_contact
-- Writes: what is told of a person
with asked_contacts as (
    select distinct landed_contact.contact_id
    from landed_contact
    where landed_contact.contact_id = $contact_id
        or lower(landed_contact.email) = $email
)

select landed_contact.*,
from landed_contact
inner join asked_contacts on landed_contact.contact_id = asked_contacts.contact_id
order by all
