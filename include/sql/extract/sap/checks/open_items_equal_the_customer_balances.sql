-- The open items of each customer and SAP's own balance of the account (KNC1, special G/L in KNC3),
-- as stored in the currency of the company code; the difference must be nought on every row.
-- Grain: legal_entity_id, customer_id
-- Reads: bsid, knc1, knc3
-- Writes: nothing
with balances as (
    select
        bukrs,
        kunnr,
        gjahr,
        cast(umsav as decimal(23, 2)) as carried_forward,
        cast(um01s as decimal(23, 2)) - cast(um01h as decimal(23, 2))
            + cast(um02s as decimal(23, 2)) - cast(um02h as decimal(23, 2))
            + cast(um03s as decimal(23, 2)) - cast(um03h as decimal(23, 2))
            + cast(um04s as decimal(23, 2)) - cast(um04h as decimal(23, 2))
            + cast(um05s as decimal(23, 2)) - cast(um05h as decimal(23, 2))
            + cast(um06s as decimal(23, 2)) - cast(um06h as decimal(23, 2))
            + cast(um07s as decimal(23, 2)) - cast(um07h as decimal(23, 2))
            + cast(um08s as decimal(23, 2)) - cast(um08h as decimal(23, 2))
            + cast(um09s as decimal(23, 2)) - cast(um09h as decimal(23, 2))
            + cast(um10s as decimal(23, 2)) - cast(um10h as decimal(23, 2))
            + cast(um11s as decimal(23, 2)) - cast(um11h as decimal(23, 2))
            + cast(um12s as decimal(23, 2)) - cast(um12h as decimal(23, 2))
            + cast(um13s as decimal(23, 2)) - cast(um13h as decimal(23, 2))
            + cast(um14s as decimal(23, 2)) - cast(um14h as decimal(23, 2))
            + cast(um15s as decimal(23, 2)) - cast(um15h as decimal(23, 2))
            + cast(um16s as decimal(23, 2)) - cast(um16h as decimal(23, 2)) as moved
    from knc1
    union all
    select
        bukrs,
        kunnr,
        gjahr,
        cast(saldv as decimal(23, 2)) as carried_forward,
        cast(solll as decimal(23, 2)) - cast(habnl as decimal(23, 2)) as moved
    from knc3
),

-- The first year's opening balance and every movement since.
first_years as (
    select bukrs, kunnr, min(gjahr) as first_year
    from balances
    group by bukrs, kunnr
),

account_balances as (
    select
        balances.bukrs,
        balances.kunnr,
        sum(
            moved + case when gjahr = first_year then carried_forward else 0 end
        ) as balance_amount
    from balances
    inner join first_years
        on balances.bukrs = first_years.bukrs
        and balances.kunnr = first_years.kunnr
    group by balances.bukrs, balances.kunnr
),

open_items as (
    select
        bukrs,
        kunnr,
        sum(
            case when shkzg = 'S' then 1 else -1 end * cast(dmbtr as decimal(23, 2))
        ) as open_amount
    from bsid
    where coalesce(trim(bstat), '') <> 'S'
    group by bukrs, kunnr
)

select
    coalesce(open_items.bukrs, account_balances.bukrs) as legal_entity_id,
    coalesce(open_items.kunnr, account_balances.kunnr) as customer_id,
    coalesce(open_items.open_amount, 0) as open_items_amount,
    coalesce(account_balances.balance_amount, 0) as balance_amount,
    coalesce(open_items.open_amount, 0) - coalesce(account_balances.balance_amount, 0)
        as difference
from open_items
full join account_balances
    on open_items.bukrs = account_balances.bukrs
    and open_items.kunnr = account_balances.kunnr
order by legal_entity_id, customer_id
