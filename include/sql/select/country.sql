-- The countries of customers.
-- Grain: country
-- Reads: customer
-- Writes: nothing
select distinct customer.country
from customer
order by customer.country
