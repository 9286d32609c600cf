-- What each customer owes, those who owe most past due first.
-- Grain: customer and currency
-- Reads: aging_by_customer
-- Writes: the workbook
select aging_by_customer.* exclude (as_of_date, legal_entity_id)
from aging_by_customer
order by
    aging_by_customer.overdue_amount desc,
    aging_by_customer.customer_id,
    aging_by_customer.currency
limit $rows_max
