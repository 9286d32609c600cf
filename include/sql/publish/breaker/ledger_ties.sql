-- The subledger is not what the general ledger says.
-- Grain: currency
-- Reads: reconciliation, night
-- Writes: check_result
with differences as (
    select
        reconciliation.*,
        abs(reconciliation.subledger_amount - reconciliation.ledger_amount) as difference,
    from reconciliation
)

select
    coalesce(differences.currency, 'ledger_balance') as subject,
    case
        when coalesce(differences.status, 'not_given') <> 'differs' then 'pass'
        when differences.difference > greatest(
            $ledger_difference_min, abs(differences.ledger_amount) * $ledger_difference_stop
        ) then 'stop'
        when differences.difference > greatest(
            $ledger_difference_min, abs(differences.ledger_amount) * $ledger_difference_warn
        ) then 'warn'
        else 'pass'
    end as outcome,
    case
        when differences.currency is null then 'nothing owed, and no balance of an account'
        when differences.ledger_amount is null then differences.because
        else 'subledger ' || format('{:,.2f}', differences.subledger_amount)
            || ', general ledger ' || format('{:,.2f}', differences.ledger_amount)
            || '; trips if they differ by more than '
            || round(100 * $ledger_difference_stop, 1) || ' %'
            || case
                when differences.status = 'not_comparable' then ', but ' || differences.because
                else ''
            end
    end as finding,
from night
left join differences on true
