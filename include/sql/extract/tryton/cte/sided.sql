-- An invoice is all lines on its own side of the ledger; any other line is a document of its own,
-- unless it is money, or a write-off that was reconciled. A line on the other side that is not
-- reconciled is set off against its invoice: rescheduling or delegating was un-reconciled, and stays.
-- Grain: posted line, without those that only replace or cancel
-- Reads: reconciled_line
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    reconciled_line.*,
    reconciled_line.company::text as legal_entity_id,
    reconciled_line.whole_id is not null
    and coalesce(sign(reconciled_line.amount) = reconciled_line.side, false) as is_invoice,
    reconciled_line.whole_id is not null
    and reconciled_line.reconciliation is null
    and coalesce(sign(reconciled_line.amount) = -reconciled_line.side, false)
    and reconciled_line.side * sum(reconciled_line.amount)
        filter (where reconciled_line.reconciliation is null)
        over (partition by reconciled_line.company, reconciled_line.whole_id) >= 0 as is_set_off
from reconciled_line
where not coalesce(reconciled_line.is_replaced, false)
    and not reconciled_line.is_cancellation
    -- A cancelled invoice is its own move; what rescheduled it was cancelled with it.
    and not (
        reconciled_line.is_cancelled
        and reconciled_line.invoice_id is not null
        and not reconciled_line.is_own
    )
