-- Settlements in the target's own currency; their sum is rounded, not each, so that none is lost.
-- Grain: target and voucher
-- Reads: settlements
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    settlements.*,
    cast(
        round(ledger_amount_so_far * document_total / ledger_total, digits)
        - round(
            (ledger_amount_so_far - ledger_amount) * document_total / ledger_total, digits
        )
        as decimal(21, 3)
    ) as amount_in_currency
from settlements
