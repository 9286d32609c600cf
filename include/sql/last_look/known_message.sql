-- What customers had answered, and what was found in it, by a night.
-- Grain: message
-- Reads: inbound_message
-- Writes: nothing
select
    inbound_message.inbound_id,
    inbound_message.state,
    inbound_message.outcome,
from inbound_message
order by inbound_message.received_at, inbound_message.inbound_id
