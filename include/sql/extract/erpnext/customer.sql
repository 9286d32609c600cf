-- Customers, once for each company whose documents or ledger name them; ERPNext shares them.
-- Grain: legal_entity_id, customer_id
-- Reads: tabCustomer, tabCompany, tabSales Invoice, tabPayment Ledger Entry, tabAddress, tabDynamic Link,
--   tabCountry, tabSales Team, tabCustomer Credit Limit, tabPayment Terms Template Detail
-- Writes: landing customer
with addresses as (
    select
        `tabDynamic Link`.link_name as party,
        tabAddress.country,
        row_number() over (
            partition by `tabDynamic Link`.link_name
            order by
                tabAddress.disabled,
                tabAddress.name = tabCustomer.customer_primary_address desc,
                tabAddress.is_primary_address desc,
                tabAddress.address_type = 'Billing' desc,
                tabAddress.name
        ) as preference
    from `tabDynamic Link`
    inner join tabAddress on tabAddress.name = `tabDynamic Link`.parent
    inner join tabCustomer on tabCustomer.name = `tabDynamic Link`.link_name
    where `tabDynamic Link`.parenttype = 'Address'
        and `tabDynamic Link`.link_doctype = 'Customer'
        and tabAddress.country <> ''
),

salespeople as (
    select
        parent as party,
        sales_person,
        row_number() over (
            partition by parent
            order by allocated_percentage desc, idx
        ) as preference
    from `tabSales Team`
    where parenttype = 'Customer'
),

terms as (
    select
        parent as template,
        max(credit_days) as credit_days
    from `tabPayment Terms Template Detail`
    group by parent
    having max(due_date_based_on <> 'Day(s) after invoice date') = 0
)

select
    tabCustomer.name as customer_id,
    tabCompany.abbr as legal_entity_id,
    tabCustomer.customer_name as name,
    upper(coalesce(tabCountry.code, 'zz')) as country,
    tabCustomer.language,
    tabCustomer.default_currency as currency,
    tabCustomer.tax_id,
    tabCustomer.customer_group as segment,
    tabCustomer.industry,
    coalesce(salespeople.sales_person, tabCustomer.account_manager) as salesperson_name,
    if(tabCustomer.account_manager like '%@%', tabCustomer.account_manager, null)
        as salesperson_email,
    nullif(`tabCustomer Credit Limit`.credit_limit, 0) as credit_limit_amount,
    terms.credit_days as payment_terms_days
from parties
inner join tabCustomer on tabCustomer.name = parties.party
inner join tabCompany on tabCompany.name = parties.company
left join addresses on addresses.party = parties.party and addresses.preference = 1
left join tabCountry on tabCountry.name = addresses.country
left join salespeople on salespeople.party = parties.party and salespeople.preference = 1
left join terms on terms.template = tabCustomer.payment_terms
left join `tabCustomer Credit Limit`
    on `tabCustomer Credit Limit`.parent = parties.party
    and `tabCustomer Credit Limit`.parenttype = 'Customer'
    and `tabCustomer Credit Limit`.company = parties.company
