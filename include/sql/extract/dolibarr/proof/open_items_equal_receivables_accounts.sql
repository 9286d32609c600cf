-- Proof that the open items come to the general ledger: what is open by document in the company's currency,
-- what was closed without payment, and the customers' account. The difference must be 0 when all is
-- transferred to the ledger and what was closed without payment is written off there by hand.
-- Grain: entity, account
-- Reads: llx_facture, llx_paiement_facture, llx_accounting_bookkeeping, llx_societe_remise_except, llx_const
-- Writes: nothing; a person or a test looks at the differences
with accounts as (
    select entity, value as account
    from llx_const
    where name = 'ACCOUNTING_ACCOUNT_CUSTOMER'
),

paid_amounts as (
    select fk_facture, sum(cast(amount as decimal(24, 8))) as amount
    from llx_paiement_facture
    group by fk_facture
),

discount_moves as (
    select
        fk_facture as rowid,
        cast(amount_ttc as decimal(24, 8)) as taken_amount,
        0 as given_amount,
        0 as waiting_amount
    from llx_societe_remise_except
    where fk_facture is not null

    union all

    select
        fk_facture_source as rowid,
        0 as taken_amount,
        cast(if(fk_facture is null, 0, amount_ttc) as decimal(24, 8)) as given_amount,
        cast(if(fk_facture is null, amount_ttc, 0) as decimal(24, 8)) as waiting_amount
    from llx_societe_remise_except
    where fk_facture_source is not null
),

discount_amounts as (
    select
        rowid,
        sum(taken_amount) as taken_amount,
        sum(given_amount) as given_amount,
        sum(waiting_amount) as waiting_amount
    from discount_moves
    group by rowid
),

rests as (
    select
        llx_facture.entity,
        llx_facture.fk_statut,
        llx_facture.type,
        cast(llx_facture.total_ttc as decimal(24, 8))
        - coalesce(paid_amounts.amount, 0)
        - coalesce(discount_amounts.taken_amount, 0)
        + if(llx_facture.type = 3, 0, coalesce(discount_amounts.given_amount, 0)) as rest,
        if(llx_facture.type = 3, 0, coalesce(discount_amounts.waiting_amount, 0)) as waiting_amount
    from llx_facture
    left join paid_amounts on paid_amounts.fk_facture = llx_facture.rowid
    left join discount_amounts on discount_amounts.rowid = llx_facture.rowid
    where llx_facture.fk_statut in (1, 2, 3)
        and llx_facture.type in (0, 1, 2, 3, 5)
        and coalesce(llx_facture.close_code, '') <> 'replaced'
),

item_amounts as (
    select
        entity,
        sum(if(fk_statut = 1, rest, -waiting_amount)) as open_amount,
        sum(if(fk_statut = 1, 0, rest + waiting_amount)) as closed_amount
    from rests
    group by entity
),

balances as (
    select
        llx_accounting_bookkeeping.entity,
        llx_accounting_bookkeeping.numero_compte as account,
        sum(
            cast(llx_accounting_bookkeeping.debit as decimal(24, 8))
            - cast(llx_accounting_bookkeeping.credit as decimal(24, 8))
        ) as balance
    from llx_accounting_bookkeeping
    inner join accounts
        on accounts.entity = llx_accounting_bookkeeping.entity
        and accounts.account = llx_accounting_bookkeeping.numero_compte
    group by llx_accounting_bookkeeping.entity, llx_accounting_bookkeeping.numero_compte
)

select
    balances.entity,
    balances.account,
    round(coalesce(item_amounts.open_amount, 0), 2) as open_amount,
    round(coalesce(item_amounts.closed_amount, 0), 2) as closed_amount,
    round(balances.balance, 2) as balance,
    round(coalesce(item_amounts.open_amount, 0) - balances.balance, 2) as difference
from balances
left join item_amounts on item_amounts.entity = balances.entity
