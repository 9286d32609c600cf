-- Reconciliations, each with the sums so far of its credit line.
-- Grain: reconciliation
-- Reads: account_partial_reconcile, written_off
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    partial.id,
    partial.debit_move_id,
    partial.credit_move_id,
    partial.max_date,
    partial.debit_currency_id,
    partial.debit_amount_currency,
    partial.credit_amount_currency,
    partial.debit_currency_id = partial.credit_currency_id as is_of_one_currency,
    sum(partial.debit_amount_currency) over (
        partition by partial.credit_move_id, partial.debit_currency_id order by partial.id
    ) as amount_until,
    case
        when partial.debit_currency_id = partial.credit_currency_id
            then coalesce(written_off.amount, 0)
        else 0
    end as write_off_until
from account_partial_reconcile as partial
left join written_off on partial.credit_move_id = written_off.line_id
