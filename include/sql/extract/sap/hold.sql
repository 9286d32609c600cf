-- Open items that SAP would not dun: a dunning block on the item, a block of the account for the
-- item's dunning area, and special G/L items (bills of exchange, doubtful receivables), which SAP
-- duns only where its dunning procedure lists them. A block ends when it is gone in SAP.
-- Grain: legal_entity_id, hold_id
-- Reads: bsid, knb5
-- Writes: landing hold
with blocked_items as (
    select
        bsid.*,
        'SAP dunning block ' || trim(bsid.mansp) || ' on the item' as reason,
        'item' as origin
    from bsid
    where trim(bsid.mansp) <> ''

    union all

    select
        bsid.*,
        'SAP dunning block ' || trim(knb5.mansp) || ' of dunning area ' || trim(knb5.maber)
            as reason,
        'area' as origin
    from bsid
    inner join knb5
        on bsid.kunnr = knb5.kunnr
        and bsid.bukrs = knb5.bukrs
        and trim(bsid.maber) = trim(knb5.maber)
    where trim(knb5.mansp) <> ''
        and trim(knb5.maber) <> ''

    union all

    select
        bsid.*,
        'SAP special G/L indicator ' || trim(bsid.umskz) as reason,
        'special_gl' as origin
    from bsid
    where trim(bsid.umskz) <> ''
)

select
    belnr || '-' || gjahr || '-' || lpad(cast(buzei as varchar), 3, '0') || '-' || origin
        as hold_id,
    bukrs as legal_entity_id,
    belnr || '-' || gjahr || '-' || kunnr || '-' || shkzg || coalesce(trim(umskz), '')
        as invoice_id,
    reason,
    nullif(
        regexp_replace(cast(budat as varchar), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'),
        '0000-00-00'
    ) as held_from,
    '2099-12-31' as held_until
from blocked_items
where shkzg = 'S'
    and coalesce(trim(bstat), '') <> 'S'
order by legal_entity_id, hold_id
