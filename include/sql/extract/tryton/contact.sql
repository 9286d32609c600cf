-- Contacts: the e-mail addresses of a party. Accounts payable are those marked for invoices, else the
-- first one; the others are of operations.
-- Grain: legal_entity_id, contact_id
-- Reads: account_move_line, account_move, account_account, account_account_type, party_party,
--   party_contact_mechanism, party_party_lang, ir_lang, party_address, country_country
-- Writes: landing contact
with mailbox as (
    select
        mechanism.id,
        mechanism.party,
        mechanism.name,
        mechanism.value,
        mechanism.active,
        mechanism.invoice,
        row_number() over (
            partition by mechanism.party
            order by
                mechanism.active desc,
                coalesce(mechanism.invoice, false) desc,
                mechanism.sequence nulls last,
                mechanism.id
        ) as mailbox_no
    from party_contact_mechanism as mechanism
    where mechanism.type = 'email'
        and mechanism.value <> ''
),

telephone as (
    select distinct on (mechanism.party) mechanism.party, mechanism.value
    from party_contact_mechanism as mechanism
    where mechanism.type in ('phone', 'mobile')
        and mechanism.active
    order by mechanism.party, mechanism.type desc, mechanism.sequence nulls last, mechanism.id
),

place as (
    select distinct on (address.party)
        address.party,
        -- The street is one text (7), or has a name and a number as well (8).
        nullif(concat_ws(
            ', ',
            nullif(replace(coalesce(
                nullif(address.street_unstructured, ''),
                nullif(concat_ws(' ', address.street_name, address.building_number), ''),
                address.street
            ), chr(10), ', '), ''),
            nullif(concat_ws(' ', address.postal_code, address.city), ''),
            country.code
        ), '') as postal_address
    from (
        select
            null::text as street,
            null::text as street_unstructured,
            null::text as street_name,
            null::text as building_number
    ) as absent
    -- In here, a bare name is the table's own column where this version has it, else the null of
    -- `absent`.
    cross join lateral (
        select
            party_address.id,
            party_address.party,
            party_address.active,
            party_address.invoice,
            party_address.sequence,
            party_address.postal_code,
            party_address.city,
            party_address.country,
            street,
            street_unstructured,
            street_name,
            building_number
        from party_address
    ) as address
    left join country_country as country on address.country = country.id
    order by
        address.party, address.active desc, coalesce(address.invoice, false) desc,
        address.sequence nulls last, address.id
)

select
    mailbox.id::text as contact_id,
    debtor.party::text as customer_id,
    debtor.company::text as legal_entity_id,
    case
        when mailbox.invoice or mailbox.mailbox_no = 1 then 'accounts_payable'
        else 'operations'
    end as role,
    coalesce(nullif(mailbox.name, ''), party.name) as name,
    mailbox.value as email,
    telephone.value as phone,
    place.postal_address,
    replace(tongue.code, '_', '-') as language,
    mailbox.active as is_active
from debtor
inner join party_party as party on debtor.party = party.id
inner join mailbox on debtor.party = mailbox.party
left join telephone on debtor.party = telephone.party
left join place on debtor.party = place.party
left join tongue on debtor.party = tongue.party
order by debtor.company, mailbox.id
