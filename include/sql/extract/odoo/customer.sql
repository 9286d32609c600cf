-- Customers: the commercial partners with anything on a receivable account, in each legal entity.
-- Customer 0 stands for postings without a partner: they are in the ledger, and nobody is written to.
-- Grain: legal_entity_id, customer_id
-- Reads: account_move_line, account_move, account_account, res_company, res_partner, res_country,
--   res_users, ir_property (up to 17)
-- Writes: landing customer
with
-- A branch belongs to the legal entity at its root. In here and below, a bare name is the table's
-- own column where this version has it, else the null of `absent`.
entity as (
    select
        company.id as company_id,
        company.partner_id,
        coalesce(nullif(split_part(company.parent_path, '/', 1), ''), company.id::text)
            as legal_entity_id
    from (select null::text as parent_path) as absent
    cross join lateral (
        select res_company.id, res_company.partner_id, parent_path::text as parent_path
        from res_company
    ) as company
),

debtor as (
    select distinct
        entity.legal_entity_id,
        coalesce(partner.commercial_partner_id, partner.id, 0) as customer_id
    from account_move_line as line
    inner join account_account as account
        on line.account_id = account.id and account.account_type = 'asset_receivable'
    inner join account_move as move on line.move_id = move.id
    inner join entity on move.company_id = entity.company_id
    left join res_partner as partner on coalesce(line.partner_id, move.partner_id) = partner.id
    where move.state in ('posted', 'cancel')
),

-- Since 18 a document in the partner's row, keyed by company.
limit_document as (
    select partner.id as customer_id, partner.credit_limit::text::jsonb as amounts
    from (select null::text as credit_limit) as absent
    cross join lateral (select res_partner.id, credit_limit from res_partner) as partner
    where partner.credit_limit is not null
),

-- Up to 17 a row of ir_property, a table that 18 does not have: hence the text.
limit_property as (
    select string_to_array(text::text, ' ') as parts
    from unnest(xpath('//property/text()', query_to_xml(
        case
            when to_regclass('ir_property') is null then 'select null as property where false'
            else 'select concat_ws('' '', coalesce(company_id, 0), split_part(res_id, '','', 2), '
                || 'value_float::numeric) as property from ir_property '
                || 'where name = ''credit_limit'' and res_id like ''res.partner,%'''
        end, false, false, ''
    ))) as property (text)
),

credit_limit as (
    select limit_document.customer_id, amount.key as company_id, amount.value::numeric as amount
    from limit_document
    cross join lateral jsonb_each_text(limit_document.amounts) as amount
    union all
    select parts[2]::integer, parts[1], parts[3]::numeric
    from limit_property
)

select
    debtor.customer_id::text as customer_id,
    debtor.legal_entity_id,
    coalesce(partner.name, '(no partner)') as name,
    coalesce(case country.code when 'XI' then 'GB' else country.code end, 'ZZ') as country,
    translate(partner.lang, '_@', '--') as language,
    nullif(partner.vat, '/') as tax_id,
    parent.commercial_partner_id::text as parent_customer_id,
    seller.name as salesperson_name,
    seller.email as salesperson_email,
    own_limit.amount as credit_limit_amount,
    debtor.customer_id = 0 as is_dunning_blocked,
    partner.write_date at time zone 'UTC' as updated_at,
    partner.ref as customer_ref,
    partner.active as is_active
from debtor
left join res_partner as partner on debtor.customer_id = partner.id
left join res_partner as parent on partner.parent_id = parent.id
left join res_country as country on partner.country_id = country.id
left join res_users as seller_login on partner.user_id = seller_login.id
left join res_partner as seller on seller_login.partner_id = seller.id
left join credit_limit as own_limit
    on debtor.customer_id = own_limit.customer_id
    and debtor.legal_entity_id = own_limit.company_id
order by debtor.legal_entity_id, debtor.customer_id
