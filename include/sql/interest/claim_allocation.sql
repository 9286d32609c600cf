-- What each payment went to, in the rule's units: where nothing stands before it, to the principal.
-- Grain: claim and event
-- Reads: claim_event, step_taking
-- Writes: claim_allocation
select
    claim_event.claim_id,
    claim_event.event_no,
    cast(0 as hugeint) as costs,
    cast(0 as hugeint) as fee,
    cast(0 as hugeint) as fine,
    cast(0 as hugeint) as interest,
    claim_event.amount as principal,
    cast(0 as hugeint) as unallocated,
from claim_event
where claim_event.kind = 'payment'
    and claim_event.way <> 'stepwise'

union all

select step_taking.*
from step_taking
