-- The open customer items of each reconciliation account and what the general ledger says of that
-- account, in the currency of the company code; the difference must be nought on every row.
-- Grain: legal_entity_id, account
-- Reads: bsid, bsad, knb1, faglflext, t001, tcurx
-- Writes: nothing
with totals as (
    select
        totals.rbukrs,
        totals.racct,
        totals.ryear,
        min(totals.ryear) over (partition by totals.rbukrs) as first_year,
        cast(totals.hslvt as decimal(23, 2)) as carried_forward,
        cast(totals.hsl01 as decimal(23, 2))
        + cast(totals.hsl02 as decimal(23, 2))
        + cast(totals.hsl03 as decimal(23, 2))
        + cast(totals.hsl04 as decimal(23, 2))
        + cast(totals.hsl05 as decimal(23, 2))
        + cast(totals.hsl06 as decimal(23, 2))
        + cast(totals.hsl07 as decimal(23, 2))
        + cast(totals.hsl08 as decimal(23, 2))
        + cast(totals.hsl09 as decimal(23, 2))
        + cast(totals.hsl10 as decimal(23, 2))
        + cast(totals.hsl11 as decimal(23, 2))
        + cast(totals.hsl12 as decimal(23, 2))
        + cast(totals.hsl13 as decimal(23, 2))
        + cast(totals.hsl14 as decimal(23, 2))
        + cast(totals.hsl15 as decimal(23, 2))
        + cast(totals.hsl16 as decimal(23, 2)) as moved
    from faglflext as totals
    where totals.rldnr = '0L'
        and totals.rrcty = '0'
        and totals.rvers = '001'
),

-- The first year's opening balance and every movement since: right even before the year is carried
-- forward.
ledger as (
    select
        rbukrs,
        racct,
        sum(moved + case when ryear = first_year then carried_forward else 0 end) as stored_amount
    from totals
    group by rbukrs, racct
),
reconciliation_accounts as (
    select bukrs, akont as hkont from knb1
    union
    select bukrs, hkont from bsid
    union
    select bukrs, hkont from bsad
),

local_currencies as (
    select
        t001.bukrs,
        t001.waers,
        cast(
            case cast(tcurx.currdec as integer)
                when 0 then 100
                when 1 then 10
                when 3 then 0.1
                when 4 then 0.01
                else 1
            end as decimal(5, 2)
        ) as unit
    from t001
    left join tcurx on t001.waers = tcurx.currkey
),

open_items as (
    select
        bukrs,
        hkont,
        sum(
            case when shkzg = 'S' then 1 else -1 end * cast(dmbtr as decimal(23, 2))
        ) as stored_amount
    from bsid
    where coalesce(trim(bstat), '') <> 'S'
    group by bukrs, hkont
)

select
    reconciliation_accounts.bukrs as legal_entity_id,
    reconciliation_accounts.hkont as account,
    local_currencies.waers as currency,
    cast(coalesce(open_items.stored_amount, 0) * local_currencies.unit as decimal(23, 2))
        as open_items_amount,
    cast(coalesce(ledger.stored_amount, 0) * local_currencies.unit as decimal(23, 2))
        as ledger_amount,
    cast(
        (coalesce(open_items.stored_amount, 0) - coalesce(ledger.stored_amount, 0))
        * local_currencies.unit as decimal(23, 2)
    ) as difference
from reconciliation_accounts
inner join local_currencies on reconciliation_accounts.bukrs = local_currencies.bukrs
left join open_items
    on reconciliation_accounts.bukrs = open_items.bukrs
    and reconciliation_accounts.hkont = open_items.hkont
left join ledger
    on reconciliation_accounts.bukrs = ledger.rbukrs
    and reconciliation_accounts.hkont = ledger.racct
order by legal_entity_id, account
