-- An invoice is all lines on its own side of the ledger; any other line is a document of its own,
-- unless it is money, or a write-off that was reconciled.
-- Grain: posted line, without those that only replace or cancel
-- Reads: reconciled_line
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    reconciled_line.*,
    reconciled_line.company::text as legal_entity_id,
    coalesce(
        sign(reconciled_line.amount) = sign(sum(reconciled_line.amount) over (
            partition by reconciled_line.company, reconciled_line.whole_id
        )),
        false
    ) and reconciled_line.whole_id is not null as is_invoice
from reconciled_line
where not coalesce(reconciled_line.is_replaced, false)
    and not reconciled_line.is_cancellation
