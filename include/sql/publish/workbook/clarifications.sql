-- What a person asks before anybody is written to, the largest amounts first.
-- Grain: customer (empty: the bank) and currency
-- Reads: clarification_task
-- Writes: the workbook
select clarification_task.* exclude (as_of_date, legal_entity_id)
from clarification_task
order by
    clarification_task.currency,
    clarification_task.open_amount desc,
    clarification_task.customer_id
limit $rows_max
