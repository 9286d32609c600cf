-- Customers: the parties with anything on a receivable account, in each company.
-- Customer 0 stands for lines without a party: they are in the ledger, and nobody is written to.
-- Grain: legal_entity_id, customer_id
-- Reads: account_move_line, account_move, account_account, account_account_type, party_party,
--   party_party_lang, ir_lang, party_identifier, party_address, country_country,
--   party_party_credit_limit_amount (where it is installed)
-- Writes: landing customer
with place as (
    select distinct on (address.party) address.party, country.code
    from party_address as address
    inner join country_country as country on address.country = country.id
    order by
        address.party, address.active desc, coalesce(address.invoice, false) desc,
        address.sequence nulls last, address.id
),

registration as (
    select distinct on (identifier.party) identifier.party, identifier.code
    from party_identifier as identifier
    where identifier.active
        and identifier.code <> ''
    order by identifier.party, identifier.type is null, identifier.sequence nulls last, identifier.id
),

-- The module account_credit_limit may not be installed: hence the text.
credit_limit as (
    select string_to_array(text::text, ' ') as parts
    from unnest(xpath('//limit/text()', query_to_xml(
        case
            when to_regclass('party_party_credit_limit_amount') is null
                then 'select null as limit where false'
            else 'select concat_ws('' '', party, company, credit_limit_amount) as "limit" '
                || 'from party_party_credit_limit_amount '
                || 'where company is not null and credit_limit_amount is not null'
        end, false, false, ''
    ))) as credit_limit (text)
)

select
    debtor.party::text as customer_id,
    debtor.company::text as legal_entity_id,
    coalesce(nullif(party.name, ''), party.code, '(no party)') as name,
    coalesce(place.code, 'ZZ') as country,
    replace(tongue.code, '_', '-') as language,
    registration.code as tax_id,
    own_limit.parts[3] as credit_limit_amount,
    debtor.party = 0 as is_dunning_blocked,
    coalesce(party.write_date, party.create_date) at time zone 'UTC' as updated_at,
    party.code as customer_ref,
    party.active as is_active
from debtor
left join party_party as party on debtor.party = party.id
left join place on debtor.party = place.party
left join tongue on debtor.party = tongue.party
left join registration on debtor.party = registration.party
left join credit_limit as own_limit
    on debtor.party::text = own_limit.parts[1]
    and debtor.company::text = own_limit.parts[2]
order by debtor.company, debtor.party
