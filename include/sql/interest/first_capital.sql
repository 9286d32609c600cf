-- The claims whose interest joins their base at rests, with none of it yet.
-- Grain: claim
-- Reads: claim_start
-- Writes: claim_capital
select
    claim_start.claim_id,
    cast(0 as hugeint) as amount,
from claim_start
where claim_start.way = 'capitalised'
