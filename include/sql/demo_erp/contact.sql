-- People and mailboxes at customers; two customers have none that could be written to.
-- Grain: contact_id
-- Reads: demo_customer, demo_culture, demo_setting
-- Writes: contact
with
roles (role_no, role, share) as (
    values
        (1, 'accounts_payable', 1024),
        (2, 'finance_director', 850),
        (3, 'owner', 250),
        (4, 'legal', 150),
        (5, 'operations', 200)
),

drawn_contacts as (
    select
        demo_customer.*,
        demo_culture.* exclude (culture),
        roles.*,
        demo_setting.until,
        demo_draw(
            demo_setting.seed, 'contact', demo_customer.customer_no * 10 + roles.role_no
        ) as contact_draw,
        customer_no = 5 as has_no_email,
        customer_no = 9 as has_left,
    from demo_customer
    inner join demo_culture using (culture)
    cross join roles
    cross join demo_setting
),

named_contacts as (
    select
        *,
        given_names[1 + demo_slice(contact_draw, 1) % len(given_names)] as given_name,
        surnames[1 + demo_slice(contact_draw, 2) % len(surnames)] as surname,
        regexp_replace(
            strip_accents(replace(lower(given_name || '.' || surname), 'ß', 'ss')),
            '[^a-z.]', '', 'g'
        ) as latin_name,
    from drawn_contacts
    where demo_slice(contact_draw, 0) < share
)

select
    format('P-{}-{:05d}-{}', legal_entity_id, position + 1, role_no) as contact_id,
    customer_id,
    legal_entity_id,
    role,
    given_name || ' ' || surname as name,
    case
        when has_no_email then null
        when role = 'accounts_payable' then mailbox || '@' || domain
        when culture = 'ru' then replace(role, '_', '.') || '@' || domain
        else latin_name || '@' || domain
    end as email,
    phone,
    case
        when culture = 'en' or culture = 'fr' then house_no || ' ' || street || ', ' || place
        when culture = 'de' then street || ' ' || house_no || ', ' || place
        else street || ', ' || house_no || ', ' || place
    end as postal_address,
    language,
    not has_left and (role = 'accounts_payable' or demo_slice(contact_draw, 3) >= 41) as is_active,
    until - cast(demo_slice(contact_draw, 4) % 700 as integer) as verified_on,
from named_contacts
order by customer_no, role_no
