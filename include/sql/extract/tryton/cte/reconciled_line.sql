-- A reconciliation within one invoice only replaces its parts by others: rescheduling. The side of an
-- invoice is that of its own move.
-- Grain: posted line of a receivable account
-- Reads: receivable_line
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    receivable_line.*,
    receivable_line.reconciliation is not null
    and count(*) over same > 1
    and count(*) over same = count(receivable_line.whole_id) over same
    and min(receivable_line.whole_id) over same = max(receivable_line.whole_id) over same
        as is_replaced,
    receivable_line.reconciliation is not null
    and bool_or(receivable_line.is_cancellation) over same as is_cancelled,
    sign(sum(receivable_line.amount) filter (where receivable_line.is_own) over (
        partition by receivable_line.invoice_id
    )) as side
from receivable_line
window same as (partition by receivable_line.reconciliation)
