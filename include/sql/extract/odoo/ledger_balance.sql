-- Balances of the receivable accounts at the end of every day that moved them, in the currency of the
-- company: only in it does an account tie, for a payment may be in another currency than its invoice.
-- Grain: legal_entity_id, balance_date, account, currency
-- Reads: account_move_line, account_move, account_account, res_company, res_currency
-- Writes: landing ledger_balance
with receivable_account as (
    select
        account.id,
        account.code,
        account.code_store::text::jsonb as code_of_company
    from (select null::text as code, null::text as code_store) as absent
    cross join lateral (
        select account_account.id, account_account.account_type, code, code_store
        from account_account
    ) as account
    where account.account_type = 'asset_receivable'
),

day as (
    select
        entity.legal_entity_id,
        line.date,
        coalesce(
            account.code, account.code_of_company ->> entity.legal_entity_id, account.id::text
        ) as account,
        currency.name as currency,
        sum(line.balance) as amount
    from account_move_line as line
    inner join receivable_account as account on line.account_id = account.id
    inner join account_move as move on line.move_id = move.id
    inner join entity on move.company_id = entity.company_id
    inner join res_company as company on move.company_id = company.id
    inner join res_currency as currency on company.currency_id = currency.id
    where move.state = 'posted'
    group by 1, 2, 3, 4
)

select
    day.legal_entity_id,
    day.date as balance_date,
    day.account,
    day.currency,
    sum(day.amount) over (
        partition by day.legal_entity_id, day.account, day.currency order by day.date
    ) as amount
from day
order by day.legal_entity_id, day.account, day.currency, day.date
