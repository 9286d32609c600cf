-- The proof that nothing is left out: for each receivable account, the lines that are not reconciled
-- beside the ledger; the difference has to be 0, as every reconciliation sums to nothing.
-- Grain: legal_entity_id, account
-- Reads: account_move_line, account_move, account_account, account_account_type, account_journal,
--   "account_invoice-account_move_line", company_company, currency_currency
-- Writes: nothing; run it by hand, or in a test
with
posting as (
    select
        move.company::text as legal_entity_id,
        coalesce(nullif(account.code, ''), account.name) as account,
        currency.code as currency,
        line.debit - line.credit as balance,
        line.reconciliation,
        case
            when line.debit > line.credit then 'debit'
            when link.line is not null or journal.type in ('cash', 'statement') then 'money'
            else 'credit'
        end as kind
    from account_move_line as line
    inner join account_account as account on line.account = account.id
    inner join account_account_type as type on account.type = type.id and type.receivable
    inner join account_move as move on line.move = move.id
    inner join account_journal as journal on move.journal = journal.id
    inner join company_company as company on move.company = company.id
    inner join currency_currency as currency on company.currency = currency.id
    left join "account_invoice-account_move_line" as link on line.id = link.line
    where move.state = 'posted'
)

select
    posting.legal_entity_id,
    posting.account,
    posting.currency,
    sum(posting.balance) filter (
        where posting.kind = 'debit' and posting.reconciliation is null
    ) as debit_amount,
    sum(posting.balance) filter (
        where posting.kind = 'credit' and posting.reconciliation is null
    ) as credit_amount,
    sum(posting.balance) filter (
        where posting.kind = 'money' and posting.reconciliation is null
    ) as money_amount,
    coalesce(sum(posting.balance) filter (where posting.reconciliation is null), 0) as open_amount,
    sum(posting.balance) as ledger_amount,
    coalesce(sum(posting.balance) filter (where posting.reconciliation is null), 0)
    - sum(posting.balance) as difference
from posting
group by posting.legal_entity_id, posting.account, posting.currency
order by posting.legal_entity_id, posting.account, posting.currency
