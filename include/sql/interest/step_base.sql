-- The base before one event of the claims that are taken event by event.
-- Grain: claim
-- Reads: step_state, claim_event
-- Writes: step_base
select
    claim_event.claim_id,
    claim_event.event_no,
    step_state.principal + step_state.capitalised as base_amount,
from step_state
inner join claim_event
    on step_state.claim_id = claim_event.claim_id
    and claim_event.step_no = $step_no
