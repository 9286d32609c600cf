-- What each payment went to, in minor units, for people to read.
-- Grain: claim and payment
-- Reads: claim_allocation, claim_event, interest_rule
-- Writes: nothing
select
    claim_event.claim_id,
    claim_event.event_date,
    rounded(claim_allocation.costs, interest_rule.unit, interest_rule.rounding_mode) as costs,
    rounded(claim_allocation.fee, interest_rule.unit, interest_rule.rounding_mode) as fee,
    rounded(claim_allocation.fine, interest_rule.unit, interest_rule.rounding_mode) as fine,
    rounded(claim_allocation.interest, interest_rule.unit, interest_rule.rounding_mode) as interest,
    rounded(claim_allocation.principal, interest_rule.unit, interest_rule.rounding_mode)
        as principal,
    rounded(claim_allocation.unallocated, interest_rule.unit, interest_rule.rounding_mode)
        as unallocated,
from claim_allocation
inner join claim_event
    on claim_allocation.claim_id = claim_event.claim_id
    and claim_allocation.event_no = claim_event.event_no
inner join interest_rule on claim_event.rule_no = interest_rule.rule_no
order by claim_event.claim_id, claim_event.event_no
