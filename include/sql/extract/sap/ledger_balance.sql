-- Balance of every reconciliation account that customers are posted to, after the last posting there
-- is: the leading ledger's totals, in the currency of the company code.
-- Grain: legal_entity_id, account
-- Reads: faglflext, knb1, bsid, bsad, bkpf, t001, tcurx
-- Writes: landing ledger_balance
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

last_postings as (
    select
        bukrs,
        max(nullif(
        regexp_replace(cast(budat as varchar), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'),
        '0000-00-00'
    )) as posted_on
    from bkpf
    group by bukrs
)

select
    ledger.rbukrs as legal_entity_id,
    last_postings.posted_on as balance_date,
    ledger.racct as account,
    local_currencies.waers as currency,
    cast(ledger.stored_amount * local_currencies.unit as decimal(23, 4)) as amount
from ledger
inner join reconciliation_accounts
    on ledger.rbukrs = reconciliation_accounts.bukrs
    and ledger.racct = reconciliation_accounts.hkont
inner join local_currencies on ledger.rbukrs = local_currencies.bukrs
inner join last_postings on ledger.rbukrs = last_postings.bukrs
order by legal_entity_id, account
