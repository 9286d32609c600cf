-- What one payment of each claim that is taken event by event went to.
-- Grain: claim and event
-- Reads: stepped_state
-- Writes: step_taking
select
    stepped_state.claim_id,
    cast($step_no as integer) as event_no,
    stepped_state.taken_costs as costs,
    stepped_state.taken_fee as fee,
    stepped_state.taken_fine as fine,
    stepped_state.taken_interest as interest,
    stepped_state.taken_principal as principal,
    stepped_state.paid_left as unallocated,
from stepped_state
where stepped_state.kind = 'payment'
