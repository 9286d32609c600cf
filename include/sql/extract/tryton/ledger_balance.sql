-- Balances of the receivable accounts at the end of every day that moved them, in the currency of the
-- company: only in it does an account tie, for a payment may be in another currency than its invoice.
-- Grain: legal_entity_id, balance_date, account, currency
-- Reads: account_move_line, account_move, account_account, account_account_type, company_company,
--   currency_currency
-- Writes: landing ledger_balance
with
day as (
    select
        move.company::text as legal_entity_id,
        move.date,
        coalesce(nullif(account.code, ''), account.name) as account,
        currency.code as currency,
        sum(line.debit - line.credit) as amount
    from account_move_line as line
    inner join account_account as account on line.account = account.id
    inner join account_account_type as type on account.type = type.id and type.receivable
    inner join account_move as move on line.move = move.id
    inner join company_company as company on move.company = company.id
    inner join currency_currency as currency on company.currency = currency.id
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
