-- How many events the claims have that are taken event by event.
-- Grain: one row
-- Reads: claim_event, step_state
-- Writes: nothing
select coalesce(max(claim_event.event_no), 0) as event_count,
from claim_event
inner join step_state on claim_event.claim_id = step_state.claim_id
