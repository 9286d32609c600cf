-- The proof that nothing is left out: for each receivable account, the open parts by what they are
-- land as, beside the ledger; their sum is open_amount, and the difference has to be 0.
-- Grain: legal_entity_id, account
-- Reads: account_move_line, account_move, account_account, account_journal, account_payment,
--   account_partial_reconcile, res_company, res_currency
-- Writes: nothing; run it by hand, or in a test
with
-- A branch belongs to the legal entity at its root. In here, a bare name is the table's own column
-- where this version has it, else the null of `absent`.
entity as (
    select
        company.id as company_id,
        coalesce(nullif(split_part(company.parent_path, '/', 1), ''), company.id::text)
            as legal_entity_id
    from (select null::text as parent_path) as absent
    cross join lateral (
        select res_company.id, parent_path::text as parent_path from res_company
    ) as company
),

receivable_account as (
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

posting as (
    select
        entity.legal_entity_id,
        coalesce(
            account.code, account.code_of_company ->> entity.legal_entity_id, account.id::text
        ) as account,
        currency.name as currency,
        line.balance,
        line.amount_residual,
        case
            when line.amount_residual_currency = 0 then 'rest'
            when line.amount_currency > 0 then 'debit'
            when payment.id is not null or journal.type in ('bank', 'cash', 'credit')
                then 'receipt'
            else 'credit'
        end as kind
    from account_move_line as line
    inner join receivable_account as account on line.account_id = account.id
    inner join account_move as move on line.move_id = move.id
    inner join account_journal as journal on move.journal_id = journal.id
    inner join entity on move.company_id = entity.company_id
    inner join res_company as company on move.company_id = company.id
    inner join res_currency as currency on company.currency_id = currency.id
    left join account_payment as payment on move.id = payment.move_id
    where move.state = 'posted'
)

select
    posting.legal_entity_id,
    posting.account,
    posting.currency,
    sum(posting.amount_residual) filter (where posting.kind = 'debit') as owed_amount,
    sum(posting.amount_residual) filter (where posting.kind = 'credit') as credit_amount,
    sum(posting.amount_residual) filter (where posting.kind = 'receipt') as unapplied_amount,
    -- What exchange differences have left in the books of lines that nobody owes any more.
    sum(posting.amount_residual) filter (where posting.kind = 'rest') as rest_amount,
    sum(posting.amount_residual) as open_amount,
    sum(posting.balance) as ledger_amount,
    sum(posting.amount_residual) - sum(posting.balance) as difference
from posting
group by posting.legal_entity_id, posting.account, posting.currency
order by posting.legal_entity_id, posting.account, posting.currency
