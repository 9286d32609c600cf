-- The bases that are found step by step: none yet.
-- Grain: claim and event
-- Reads: claim_event
-- Writes: claim_base
select
    claim_event.claim_id,
    claim_event.event_no,
    claim_event.principal_before as base_amount,
from claim_event
where false
