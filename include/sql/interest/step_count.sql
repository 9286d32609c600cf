-- How many steps the claims of a way take.
-- Grain: one row
-- Reads: claim_event
-- Writes: nothing
select coalesce(max(claim_event.step_no), 0) as step_count,
from claim_event
where claim_event.way = $way
