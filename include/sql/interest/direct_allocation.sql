-- Where nothing stands before it, a payment is for the principal.
-- Grain: claim and event
-- Reads: claim_event, claim_path
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
inner join claim_path on claim_event.claim_id = claim_path.claim_id
where claim_event.kind = 'payment'
    and not claim_path.is_stepwise
