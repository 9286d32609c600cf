-- The salespeople who have customers, by name; nobody comes last.
-- Grain: salesperson
-- Reads: customer_salesperson
-- Writes: the digest
select
    customer_salesperson.salesperson_no,
    any_value(customer_salesperson.salesperson_name) as salesperson_name,
    count(*) as customers,
from customer_salesperson
group by customer_salesperson.salesperson_no
order by
    customer_salesperson.salesperson_no = 0,
    salesperson_name,
    customer_salesperson.salesperson_no
