-- Where the claims that are taken event by event start.
-- Grain: claim
-- Reads: claim_start
-- Writes: claim_state
select
    claim_start.claim_id,
    claim_start.rule_no,
    claim_start.principal,
    cast(0 as hugeint) as capitalised,
    cast(0 as hugeint) as interest_due,
    cast(0 as hugeint) as fee_due,
    cast(0 as hugeint) as fine_due,
    cast(0 as hugeint) as costs_due,
    claim_start.unallocated,
    cast(0 as hugeint) as interest_total,
    cast(0 as hugeint) as fee_total,
    cast(0 as hugeint) as fine_total,
    cast(0 as hugeint) as costs_total,
    cast(0 as hugeint) as costs_slack,
    cast(0 as hugeint) as fee_slack,
    cast(0 as hugeint) as fine_slack,
    cast(0 as hugeint) as interest_slack,
    cast(0 as hugeint) as principal_slack,
    cast(0 as hugeint) as unallocated_slack,
    cast(0 as hugeint) as capitalised_slack,
    cast(0 as hugeint) as interest_total_slack,
    false as lacks_rate,
    false as in_default,
from claim_start
where claim_start.way = 'stepwise'
