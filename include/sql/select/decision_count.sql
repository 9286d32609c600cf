-- How many items came to which outcome.
-- Grain: outcome
-- Reads: decision
-- Writes: progress lines
select
    decision.outcome,
    count(*) as decisions,
from decision
group by decision.outcome
order by decisions desc
