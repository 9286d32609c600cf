-- How many items, and how much money, came to which decision.
-- Grain: outcome, reason and currency
-- Reads: decision
-- Writes: the workbook
select
    decision.outcome,
    decision.reason_code,
    decision.currency,
    count(*) as items,
    sum(decision.open_amount) as open_amount,
from decision
group by decision.outcome, decision.reason_code, decision.currency
order by decision.outcome, decision.reason_code, decision.currency
limit $rows_max
