-- The customers that a salesperson looks after, or looked after, by the salesperson's address.
-- Grain: customer and salesperson's name
-- Reads: landed_customer
-- Writes: what is told of a person
select distinct
    landed_customer.customer_id,
    landed_customer.salesperson_name,
    landed_customer.salesperson_email,
from landed_customer
where lower(landed_customer.salesperson_email) = $email
order by all
