-- Contacts: the customer's own mailbox, its invoice addresses and its people; no delivery addresses.
-- Bills go to the invoice address: where one has an e-mail address, the mailbox is of operations.
-- Grain: legal_entity_id, contact_id
-- Reads: account_move_line, account_move, account_account, res_company, res_partner, res_country
-- Writes: landing contact
with debtor as (
    select distinct entity.legal_entity_id, partner.commercial_partner_id as customer_id
    from account_move_line as line
    inner join account_account as account
        on line.account_id = account.id and account.account_type = 'asset_receivable'
    inner join account_move as move on line.move_id = move.id
    inner join entity on move.company_id = entity.company_id
    inner join res_partner as partner on coalesce(line.partner_id, move.partner_id) = partner.id
    where move.state in ('posted', 'cancel')
),

billed_apart as (
    select distinct partner.commercial_partner_id as customer_id
    from res_partner as partner
    where partner.type = 'invoice'
        and partner.id <> partner.commercial_partner_id
        and partner.active
        and coalesce(partner.email_normalized, partner.email) <> ''
)

select
    partner.id::text as contact_id,
    debtor.customer_id::text as customer_id,
    debtor.legal_entity_id,
    case
        when partner.id = debtor.customer_id and billed_apart.customer_id is null
            then 'accounts_payable'
        when partner.id <> debtor.customer_id and partner.type = 'invoice' then 'accounts_payable'
        else 'operations'
    end as role,
    partner.name,
    coalesce(nullif(partner.email_normalized, ''), partner.email) as email,
    coalesce(nullif(partner.phone, ''), partner.mobile) as phone,
    case
        when coalesce(partner.street, '') || coalesce(partner.city, '') <> '' then concat_ws(
            ', ',
            nullif(partner.street, ''),
            nullif(partner.street2, ''),
            nullif(concat_ws(' ', partner.zip, partner.city), ''),
            country.code
        )
    end as postal_address,
    translate(partner.lang, '_@', '--') as language,
    partner.active as is_active,
    partner.function as job_title
from debtor
inner join res_partner as partner
    on debtor.customer_id = partner.commercial_partner_id
    and (partner.id = debtor.customer_id or partner.type in ('contact', 'invoice', 'other'))
left join billed_apart on debtor.customer_id = billed_apart.customer_id
left join res_country as country on partner.country_id = country.id
order by debtor.legal_entity_id, partner.id
