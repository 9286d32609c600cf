-- The base before each event of the claims whose base does not depend on their interest.
-- Grain: claim and event
-- Reads: claim_start, claim_event, claim_path
-- Writes: claim_base
select
    claim_event.claim_id,
    claim_event.event_no,
    cast(
        claim_start.principal - coalesce(
            sum(claim_event.amount) over (
                partition by claim_event.claim_id
                order by claim_event.event_no
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as hugeint
    ) as base_amount,
from claim_event
inner join claim_start on claim_event.claim_id = claim_start.claim_id
inner join claim_path on claim_event.claim_id = claim_path.claim_id
where not claim_path.is_stepwise
