-- The overdue instalments that an interest rule covers and charges.
-- Grain: claim
-- Reads: claim_item
-- Writes: claim
select
    claim_item.claim_id,
    claim_item.rule_id,
    claim_item.principal,
    claim_item.due_date,
    cast($as_of_date as date) as as_of_date,
from claim_item
where claim_item.rule_id is not null
    and not claim_item.charges_nothing
