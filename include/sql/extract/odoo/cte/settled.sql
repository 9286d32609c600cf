-- The day of the last reconciliation of each credit line.
-- Grain: journal item
-- Reads: account_partial_reconcile
-- Writes: nothing; a CTE of the SELECTs beside this folder
select partial.credit_move_id as line_id, max(partial.max_date) as settled_on
from account_partial_reconcile as partial
group by partial.credit_move_id
