-- What was decided, and why.
-- Grain: outcome and reason
-- Reads: decision
-- Writes: the status
select
    decision.outcome,
    decision.reason_code,
    count(*) as items,
from decision
group by decision.outcome, decision.reason_code
order by items desc, decision.reason_code
