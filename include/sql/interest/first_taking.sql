-- What payments went to, event by event: nothing yet.
-- Grain: claim and event
-- Reads: claim_event
-- Writes: step_taking
select
    claim_event.claim_id,
    claim_event.event_no,
    claim_event.amount as costs,
    claim_event.amount as fee,
    claim_event.amount as fine,
    claim_event.amount as interest,
    claim_event.amount as principal,
    claim_event.amount as unallocated,
from claim_event
where false
