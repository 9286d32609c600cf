-- The general ledger's receivables accounts in their own currency, after each day that moved them;
-- what they come to in the company's currency is kept beside it.
-- Grain: legal_entity_id, balance_date, account, currency
-- Reads: tabGL Entry, tabAccount, tabCompany
-- Writes: landing ledger_balance
with movements as (
    select
        `tabGL Entry`.company,
        `tabGL Entry`.account,
        `tabGL Entry`.posting_date,
        sum(
            `tabGL Entry`.debit_in_account_currency - `tabGL Entry`.credit_in_account_currency
        ) as amount,
        sum(`tabGL Entry`.debit - `tabGL Entry`.credit) as company_currency_amount
    from `tabGL Entry`
    inner join tabAccount on tabAccount.name = `tabGL Entry`.account
    where `tabGL Entry`.is_cancelled = 0
        and tabAccount.account_type = 'Receivable'
    group by
        `tabGL Entry`.company,
        `tabGL Entry`.account,
        `tabGL Entry`.posting_date
)

select
    tabCompany.abbr as legal_entity_id,
    movements.posting_date as balance_date,
    movements.account,
    coalesce(nullif(tabAccount.account_currency, ''), tabCompany.default_currency) as currency,
    round(
        sum(movements.amount) over (
            partition by movements.account order by movements.posting_date
        ),
        4
    ) as amount,
    round(
        sum(movements.company_currency_amount) over (
            partition by movements.account order by movements.posting_date
        ),
        4
    ) as company_currency_amount
from movements
inner join tabAccount on tabAccount.name = movements.account
inner join tabCompany on tabCompany.name = movements.company
