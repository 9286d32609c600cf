-- Customers of each company code. A one-time account is one customer a document, by the name and
-- address that were entered with it. Blocked: a dunning block of the account itself (no dunning
-- area), or legal dunning proceedings begun.
-- Grain: legal_entity_id, customer_id
-- Reads: kna1, knb1, knb5, t002, bsid, bsad, bsec
-- Writes: landing customer
with one_time_documents as (
    select distinct bukrs, kunnr, belnr, gjahr
    from bsid
    union
    select distinct bukrs, kunnr, belnr, gjahr
    from bsad
),

one_time_addresses as (
    select
        bukrs,
        belnr,
        gjahr,
        min(trim(name1)) as name,
        min(trim(land1)) as country
    from bsec
    group by bukrs, belnr, gjahr
),

accounts as (
    select
        knb1.bukrs,
        knb1.kunnr,
        kna1.xcpdk,
        trim(trim(kna1.name1) || ' ' || coalesce(trim(kna1.name2), '')) as name,
        kna1.land1,
        t002.laiso,
        coalesce(nullif(trim(kna1.stceg), ''), nullif(trim(kna1.stcd1), '')) as tax_id,
        knb1.knrze,
        kna1.brsch,
        knb1.akont,
        knb1.zterm,
        knb5.mahna,
        knb5.mahns,
        nullif(
            regexp_replace(cast(knb5.madat as varchar), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'),
            '0000-00-00'
        ) as last_dunned_on,
        case
            when coalesce(trim(knb5.mansp), '') <> ''
                or coalesce(
                    replace(cast(knb5.gmvdt as varchar), '-', ''), '00000000'
                ) not in ('00000000', '')
                then 'true'
            else 'false'
        end as is_dunning_blocked
    from knb1
    inner join kna1 on knb1.kunnr = kna1.kunnr
    left join knb5
        on knb1.kunnr = knb5.kunnr
        and knb1.bukrs = knb5.bukrs
        and coalesce(trim(knb5.maber), '') = ''
    left join t002 on kna1.spras = t002.spras
)

select
    accounts.kunnr || case
        when one_time_documents.belnr is null then ''
        else '-' || one_time_documents.belnr || '-' || one_time_documents.gjahr
    end as customer_id,
    accounts.bukrs as legal_entity_id,
    coalesce(one_time_addresses.name, accounts.name) as name,
    coalesce(nullif(one_time_addresses.country, ''), accounts.land1) as country,
    lower(accounts.laiso) as language,
    accounts.tax_id,
    accounts.knrze as parent_customer_id,
    accounts.brsch as industry,
    accounts.is_dunning_blocked,
    accounts.akont as reconciliation_account,
    accounts.zterm as payment_terms_code,
    accounts.mahna as dunning_procedure,
    accounts.mahns as dunning_level,
    accounts.last_dunned_on
from accounts
left join one_time_documents
    on trim(accounts.xcpdk) = 'X'
    and accounts.bukrs = one_time_documents.bukrs
    and accounts.kunnr = one_time_documents.kunnr
left join one_time_addresses
    on one_time_documents.bukrs = one_time_addresses.bukrs
    and one_time_documents.belnr = one_time_addresses.belnr
    and one_time_documents.gjahr = one_time_addresses.gjahr
order by legal_entity_id, customer_id
