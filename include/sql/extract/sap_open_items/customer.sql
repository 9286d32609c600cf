-- Customers: one cust_number comes under several spellings of a name; the most frequent is taken.
-- The export has no country: CA for a customer invoiced mostly in CAD, US for the others.
-- Grain: customer_id
-- Reads: sap_open_items
-- Writes: landing customer
with spellings as (
    select
        trim(cust_number) as customer_id,
        trim(name_customer) as name,
        count(*) as item_count,
    from sap_open_items
    where isOpen = '1'
    group by all
),

currencies as (
    select
        trim(cust_number) as customer_id,
        invoice_currency as currency,
        count(*) as item_count,
    from sap_open_items
    where isOpen = '1'
    group by all
),

names as (
    select
        customer_id,
        first(name order by item_count desc, name) as name,
        count(*) as spelling_count,
    from spellings
    group by customer_id
),

main_currencies as (
    select
        customer_id,
        first(currency order by item_count desc, currency) as currency,
    from currencies
    group by customer_id
)

select
    names.customer_id,
    'SAP' as legal_entity_id,
    names.name,
    if(main_currencies.currency = 'CAD', 'CA', 'US') as country,
    main_currencies.currency,
    names.spelling_count,
from names
inner join main_currencies on main_currencies.customer_id = names.customer_id
