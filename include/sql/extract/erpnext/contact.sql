-- Contacts that are linked to a customer, once for each company that has the customer. Their role
-- is read from the designation and the department; a billing contact is accounts payable.
-- Grain: legal_entity_id, contact_id
-- Reads: tabContact, tabDynamic Link, tabContact Email, tabCustomer, tabCompany, tabAddress,
--   tabSales Invoice, tabPayment Ledger Entry
-- Writes: landing contact
with emails as (
    select
        parent as contact,
        email_id,
        row_number() over (partition by parent order by is_primary desc, idx) as preference
    from `tabContact Email`
    where parenttype = 'Contact'
),

contacts as (
    select
        tabContact.*,
        lower(concat_ws(' ', tabContact.designation, tabContact.department)) as position
    from tabContact
)

select
    concat(contacts.name, ' / ', parties.party) as contact_id,
    parties.party as customer_id,
    tabCompany.abbr as legal_entity_id,
    case
        when contacts.is_billing_contact then 'accounts_payable'
        when contacts.position regexp 'payable|billing|invoic' then 'accounts_payable'
        when contacts.position regexp 'financ|cfo|treasur|controller' then 'finance_director'
        when contacts.position regexp 'owner|ceo|founder|managing|partner' then 'owner'
        when contacts.position regexp 'legal|counsel|lawyer' then 'legal'
        else 'operations'
    end as role,
    coalesce(
        nullif(contacts.full_name, ''),
        concat_ws(' ', contacts.first_name, contacts.middle_name, contacts.last_name)
    ) as name,
    coalesce(nullif(contacts.email_id, ''), emails.email_id) as email,
    coalesce(nullif(contacts.phone, ''), contacts.mobile_no) as phone,
    concat_ws(
        ', ',
        nullif(tabAddress.address_line1, ''),
        nullif(tabAddress.address_line2, ''),
        nullif(concat_ws(' ', tabAddress.pincode, tabAddress.city), ''),
        nullif(tabAddress.state, ''),
        tabAddress.country
    ) as postal_address
from contacts
inner join `tabDynamic Link`
    on `tabDynamic Link`.parent = contacts.name
    and `tabDynamic Link`.parenttype = 'Contact'
    and `tabDynamic Link`.link_doctype = 'Customer'
inner join parties on parties.party = `tabDynamic Link`.link_name
inner join tabCustomer on tabCustomer.name = parties.party
inner join tabCompany on tabCompany.name = parties.company
left join emails on emails.contact = contacts.name and emails.preference = 1
left join tabAddress
    on tabAddress.name = coalesce(
        nullif(contacts.address, ''), nullif(tabCustomer.customer_primary_address, '')
    )
