-- What customers owe beside what the general ledger says: whether the two tie, or why nobody can say.
-- A balance stands until the next one of its account; it is compared where nothing that the subledger
-- knows of is dated after it. Documents do not name their account, so those of a currency are summed.
-- Where another currency is owed and has no balance, an account may hold that at its booked rate.
-- Grain: currency
-- Reads: ledger_balance, aging_by_customer, invoice, receipt, allocation, night
-- Writes: reconciliation
with movements as (
    select invoice.currency, unnest([invoice.posting_date, invoice.cancelled_on]) as moved_on
    from invoice

    union all

    select receipt.currency, receipt.receipt_date as moved_on
    from receipt

    union all

    select
        invoice.currency,
        unnest([allocation.allocation_date, allocation.reversed_on]) as moved_on,
    from allocation
    inner join invoice on allocation.invoice_id = invoice.invoice_id
    where allocation.source_type = 'write_off'

    union all

    -- Open amounts that are the source's own may move without a trace.
    select aging_by_customer.currency, night.as_of_date as moved_on
    from aging_by_customer
    inner join night on night.open_amounts_from_source
),

last_movements as (
    select movements.currency, max(movements.moved_on) as moved_on
    from movements
    inner join night on movements.moved_on <= night.as_of_date
    group by movements.currency
),

account_balances as (
    select
        ledger_balance.currency,
        ledger_balance.account,
        max(ledger_balance.balance_date) as balance_date,
        arg_max(ledger_balance.amount, ledger_balance.balance_date) as amount,
    from ledger_balance
    inner join night on ledger_balance.balance_date <= night.as_of_date
    group by ledger_balance.currency, ledger_balance.account
),

balances as (
    select
        account_balances.currency,
        string_agg(account_balances.account, '; ' order by account_balances.account) as accounts,
        max(account_balances.balance_date) as balance_date,
        sum(account_balances.amount) as amount,
    from account_balances
    group by account_balances.currency
),

nets as (
    select aging_by_customer.currency, sum(aging_by_customer.net_amount) as amount
    from aging_by_customer
    group by aging_by_customer.currency
),

compared_amounts as (
    select
        coalesce(nets.currency, balances.currency) as currency,
        balances.accounts,
        balances.balance_date,
        last_movements.moved_on,
        coalesce(nets.amount, 0) as subledger_amount,
        case
            when balances.balance_date >= coalesce(last_movements.moved_on, balances.balance_date)
                then balances.amount
        end as ledger_amount,
        count(*) filter (where nets.amount <> 0 and balances.currency is null) over ()
            as currencies_without_balance,
    from nets
    full join balances on nets.currency = balances.currency
    left join last_movements
        on coalesce(nets.currency, balances.currency) = last_movements.currency
),

differences as (
    select
        compared_amounts.*,
        compared_amounts.subledger_amount - compared_amounts.ledger_amount as difference_amount,
        case
            when compared_amounts.ledger_amount is null then 'not_given'
            when abs(compared_amounts.subledger_amount - compared_amounts.ledger_amount)
                <= $ledger_difference_min then 'tied'
            when compared_amounts.currencies_without_balance > 0 then 'not_comparable'
            else 'differs'
        end as status,
    from compared_amounts
)

select
    cast($as_of_date as date) as as_of_date,
    $legal_entity_id as legal_entity_id,
    differences.currency,
    differences.accounts,
    differences.balance_date,
    cast(differences.subledger_amount as decimal(38, 4)) as subledger_amount,
    cast(differences.ledger_amount as decimal(38, 4)) as ledger_amount,
    cast(differences.difference_amount as decimal(38, 4)) as difference_amount,
    cast($ledger_difference_min as decimal(38, 4)) as tolerance_amount,
    differences.status,
    case
        when differences.accounts is null
            then 'the source gives no balance of a receivables account in this currency'
        when differences.status = 'not_given'
            then 'the newest balance is of ' || differences.balance_date
            || ', and customers'' accounts moved on ' || differences.moved_on
        when differences.status = 'not_comparable'
            then 'other currencies are owed of which the source gives no balance: the accounts may '
            || 'hold them, at booked rates'
        when differences.status = 'tied' then 'what customers owe is what the accounts say'
        else 'what customers owe is not what the accounts say'
    end as because,
from differences
