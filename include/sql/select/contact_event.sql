-- What is known of talks with customers: what the source tells, and what a person confirmed of the mails
-- that came in.
-- Grain: contact event
-- Reads: source_contact_event, inbound_message
-- Writes: contact_event
select source_contact_event.*
from source_contact_event
union all by name
select
    'inbox-' || inbound_message.inbound_id as event_id,
    inbound_message.legal_entity_id,
    inbound_message.customer_id,
    inbound_message.received_at as occurred_at,
    'email' as channel,
    'inbound' as direction,
    inbound_message.outcome,
from inbound_message
where inbound_message.state = 'confirmed'
