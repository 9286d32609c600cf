-- The subledger is not what the general ledger says.
-- Grain: currency
-- Reads: ledger_balance, aging_by_customer, night
-- Writes: check_result
with balances as (
    select ledger_balance.currency, sum(ledger_balance.amount) as amount
    from ledger_balance
    inner join night on ledger_balance.balance_date = night.as_of_date
    group by ledger_balance.currency
),

nets as (
    select aging_by_customer.currency, sum(aging_by_customer.net_amount) as amount
    from aging_by_customer
    group by aging_by_customer.currency
),

differences as (
    select
        balances.currency,
        balances.amount as ledger_amount,
        coalesce(nets.amount, 0) as net_amount,
        abs(coalesce(nets.amount, 0) - balances.amount) as difference,
    from balances
    left join nets on balances.currency = nets.currency
)

select
    coalesce(differences.currency, 'ledger_balance') as subject,
    case
        when differences.currency is null then 'pass'
        when differences.difference > greatest(
            $ledger_difference_min, abs(differences.ledger_amount) * $ledger_difference_stop
        ) then 'stop'
        when differences.difference > greatest(
            $ledger_difference_min, abs(differences.ledger_amount) * $ledger_difference_warn
        ) then 'warn'
        else 'pass'
    end as outcome,
    coalesce(
        'subledger ' || format('{:,.2f}', differences.net_amount) || ', general ledger '
        || format('{:,.2f}', differences.ledger_amount) || '; trips if they differ by more than '
        || round(100 * $ledger_difference_stop, 1) || ' %',
        'the source gives no balance of the account for this day'
    ) as finding,
from night
left join differences on true
