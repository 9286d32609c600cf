-- What each customer is worth and how it pays, the riskiest first.
-- Grain: customer
-- Reads: customer_class
-- Writes: the workbook
select customer_class.* exclude (as_of_date, legal_entity_id, class_version)
from customer_class
order by customer_class.score desc, customer_class.abc_class, customer_class.customer_id
limit $rows_max
