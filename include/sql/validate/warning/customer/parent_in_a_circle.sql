-- A customer is its own parent, by way of others or none, or has more than fifty above it.
-- Grain: customer
-- Reads: customer
-- Writes: warning
with recursive ancestors as (
    select customer.customer_id, customer.parent_customer_id as ancestor_id, 1 as distance
    from customer
    where customer.parent_customer_id is not null

    union all

    select
        ancestors.customer_id,
        customer.parent_customer_id as ancestor_id,
        ancestors.distance + 1 as distance,
    from ancestors
    inner join customer on ancestors.ancestor_id = customer.customer_id
    where customer.parent_customer_id is not null
        and ancestors.ancestor_id <> ancestors.customer_id
        and ancestors.distance < 50
)

select distinct ancestors.customer_id as row_key
from ancestors
where ancestors.customer_id = ancestors.ancestor_id
    or ancestors.distance = 50
