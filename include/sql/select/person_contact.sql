-- What people did that takes a step of theirs: whom they reached, how, and when.
-- Grain: contact event and channel
-- Reads: contact_event, contact_channel
-- Writes: person_contact
select
    contact_event.customer_id,
    contact_event.invoice_id,
    contact_channel.channel,
    cast(contact_event.occurred_at as date) as day,
from contact_event
inner join contact_channel
    on coalesce(contact_channel.contact_event_channel, contact_event.channel)
    is not distinct from contact_event.channel
where cast(contact_event.occurred_at as date) <= $as_of_date
    and coalesce(contact_event.direction, 'outbound') = 'outbound'
    and contact_event.outcome not in ('no_answer', 'wrong_person')
