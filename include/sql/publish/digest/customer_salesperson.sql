-- Who looks after each customer. Salespeople are told apart by their address, else by their name, and
-- numbered; number 0 is nobody.
-- Grain: customer
-- Reads: customer
-- Writes: customer_salesperson
with keyed_customers as (
    select
        customer.customer_id,
        customer.name as customer_name,
        coalesce(
            lower(nullif(trim(customer.salesperson_email), '')),
            nullif(trim(customer.salesperson_name), '')
        ) as salesperson_key,
        nullif(trim(customer.salesperson_name), '') as salesperson_name,
    from customer
),

salespeople as (
    select
        keyed_customers.salesperson_key,
        coalesce(min(keyed_customers.salesperson_name), keyed_customers.salesperson_key)
            as salesperson_name,
        row_number() over (order by keyed_customers.salesperson_key) as salesperson_no,
    from keyed_customers
    where keyed_customers.salesperson_key is not null
    group by keyed_customers.salesperson_key
)

select
    keyed_customers.customer_id,
    keyed_customers.customer_name,
    coalesce(salespeople.salesperson_no, 0) as salesperson_no,
    coalesce(salespeople.salesperson_name, 'nobody') as salesperson_name,
from keyed_customers
left join salespeople on keyed_customers.salesperson_key = salespeople.salesperson_key
