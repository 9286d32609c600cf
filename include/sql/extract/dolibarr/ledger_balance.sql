-- The customers' account of the double-entry module, after each day that moved it. Empty without the module.
-- Grain: legal_entity_id, balance_date, account, currency
-- Reads: llx_accounting_bookkeeping, llx_const
-- Writes: landing ledger_balance
with accounts as (
    select entity, value as account
    from llx_const
    where name = 'ACCOUNTING_ACCOUNT_CUSTOMER'
),

movements as (
    select
        llx_accounting_bookkeeping.entity,
        llx_accounting_bookkeeping.numero_compte,
        llx_accounting_bookkeeping.doc_date,
        sum(
            cast(llx_accounting_bookkeeping.debit as decimal(24, 8))
            - cast(llx_accounting_bookkeeping.credit as decimal(24, 8))
        ) as amount
    from llx_accounting_bookkeeping
    inner join accounts
        on accounts.entity = llx_accounting_bookkeeping.entity
        and accounts.account = llx_accounting_bookkeeping.numero_compte
    group by
        llx_accounting_bookkeeping.entity,
        llx_accounting_bookkeeping.numero_compte,
        llx_accounting_bookkeeping.doc_date
)

select
    movements.entity as legal_entity_id,
    movements.doc_date as balance_date,
    movements.numero_compte as account,
    llx_const.value as currency,
    cast(
        sum(movements.amount) over (
            partition by movements.entity, movements.numero_compte order by movements.doc_date
        )
        as decimal(21, 4)
    ) as amount
from movements
inner join llx_const on llx_const.entity = movements.entity and llx_const.name = 'MAIN_MONNAIE'
