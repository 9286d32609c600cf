-- Proof that the open items come to the general ledger: for every receivables account in its own and in the
-- company's currency, what is open by document and what the account says. Every difference must be 0.
-- Grain: company, account
-- Reads: tabPayment Ledger Entry, tabGL Entry, tabAccount
-- Writes: nothing; a person or a test looks at the differences
with open_items as (
    select
        max(account) as account,
        sum(amount_in_account_currency) as open_amount,
        sum(amount) as company_currency_open_amount
    from `tabPayment Ledger Entry`
    where delinked = 0
        and account_type = 'Receivable'
        and party_type = 'Customer'
    group by unhex(md5(concat_ws('/', account, against_voucher_no)))
),

item_amounts as (
    select
        account,
        sum(if(abs(open_amount) >= 0.005, 1, 0)) as open_documents,
        sum(open_amount) as open_amount,
        sum(company_currency_open_amount) as company_currency_open_amount
    from open_items
    group by account
),

balances as (
    select
        `tabGL Entry`.company,
        `tabGL Entry`.account,
        tabAccount.account_currency,
        sum(
            `tabGL Entry`.debit_in_account_currency - `tabGL Entry`.credit_in_account_currency
        ) as balance,
        sum(`tabGL Entry`.debit - `tabGL Entry`.credit) as company_currency_balance
    from `tabGL Entry`
    inner join tabAccount on tabAccount.name = `tabGL Entry`.account
    where `tabGL Entry`.is_cancelled = 0
        and tabAccount.account_type = 'Receivable'
    group by `tabGL Entry`.company, `tabGL Entry`.account, tabAccount.account_currency
)

select
    balances.company,
    balances.account,
    balances.account_currency,
    coalesce(item_amounts.open_documents, 0) as open_documents,
    round(coalesce(item_amounts.open_amount, 0), 2) as open_amount,
    round(balances.balance, 2) as balance,
    round(coalesce(item_amounts.open_amount, 0) - balances.balance, 2) as difference,
    round(
        coalesce(item_amounts.company_currency_open_amount, 0)
        - balances.company_currency_balance,
        2
    ) as company_currency_difference
from balances
left join item_amounts on item_amounts.account = balances.account
