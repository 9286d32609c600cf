-- The bases between two rests: what is left of the principal, and the interest up to the rest.
-- Grain: claim and event
-- Reads: claim_event, claim_capital
-- Writes: step_base
select
    claim_event.claim_id,
    claim_event.event_no,
    claim_event.principal_before + claim_capital.amount as base_amount,
from claim_event
inner join claim_capital on claim_event.claim_id = claim_capital.claim_id
where claim_event.way = 'capitalised'
    and claim_event.step_no = $step_no
