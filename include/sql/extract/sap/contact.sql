-- Whom to write to: the clerk at the customer who looks after our account (KNB1), the customer's own
-- address and e-mail (ADR6), and its contact persons (KNVK) by department.
-- Grain: legal_entity_id, contact_id
-- Reads: kna1, knb1, knvk, adr6, t002
-- Writes: landing contact
with addresses as (
    select
        knb1.bukrs,
        kna1.kunnr,
        kna1.adrnr,
        trim(kna1.name1) as name,
        lower(t002.laiso) as language,
        trim(
            coalesce(trim(kna1.stras), '') || ', ' || coalesce(trim(kna1.pstlz), '') || ' '
            || coalesce(trim(kna1.ort01), '') || ', ' || coalesce(trim(kna1.land1), '')
        ) as postal_address,
        trim(kna1.telf1) as phone,
        trim(knb1.zsabe) as clerk_name,
        trim(knb1.intad) as clerk_email,
        trim(knb1.tlfns) as clerk_phone
    from knb1
    inner join kna1 on knb1.kunnr = kna1.kunnr
    left join t002 on kna1.spras = t002.spras
    where coalesce(trim(kna1.xcpdk), '') <> 'X'
),

-- One e-mail address a person, and one of the customer itself (no person): the default one first.
emails as (
    select
        addrnumber,
        coalesce(nullif(trim(persnumber), ''), '-') as persnumber,
        trim(smtp_addr) as email,
        row_number() over (
            partition by addrnumber, coalesce(nullif(trim(persnumber), ''), '-')
            order by
                case when trim(flgdefault) = 'X' then 0 else 1 end,
                cast(consnumber as integer)
        ) as rank_no
    from adr6
    where trim(smtp_addr) <> ''
)

select
    addresses.kunnr || '-clerk' as contact_id,
    addresses.kunnr as customer_id,
    addresses.bukrs as legal_entity_id,
    'accounts_payable' as role,
    coalesce(nullif(addresses.clerk_name, ''), addresses.name) as name,
    addresses.clerk_email as email,
    addresses.clerk_phone as phone,
    addresses.postal_address,
    addresses.language
from addresses
where addresses.clerk_email <> ''

union all

select
    addresses.kunnr || '-address' as contact_id,
    addresses.kunnr as customer_id,
    addresses.bukrs as legal_entity_id,
    'accounts_payable' as role,
    addresses.name,
    emails.email,
    addresses.phone,
    addresses.postal_address,
    addresses.language
from addresses
left join emails
    on addresses.adrnr = emails.addrnumber
    and emails.persnumber = '-'
    and emails.rank_no = 1

union all

select
    addresses.kunnr || '-' || cast(knvk.parnr as varchar) as contact_id,
    addresses.kunnr as customer_id,
    addresses.bukrs as legal_entity_id,
    case trim(knvk.abtnr)
        when '0001' then 'owner'
        when '0009' then 'finance_director'
        when '0010' then 'legal'
        else 'operations'
    end as role,
    trim(coalesce(trim(knvk.namev), '') || ' ' || coalesce(trim(knvk.name1), '')) as name,
    emails.email,
    trim(knvk.telf1) as phone,
    addresses.postal_address,
    addresses.language
from knvk
inner join addresses on knvk.kunnr = addresses.kunnr
left join emails
    on addresses.adrnr = emails.addrnumber
    and knvk.prsnr = emails.persnumber
    and emails.rank_no = 1
order by legal_entity_id, contact_id
