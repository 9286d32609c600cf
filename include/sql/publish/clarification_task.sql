-- What a person asks before anybody is written to.
-- Grain: customer (empty: the bank) and currency
-- Reads: clarification_task
-- Writes: clarification_task
select
    clarification_task.as_of_date,
    clarification_task.legal_entity_id,
    clarification_task.customer_id,
    clarification_task.currency,
    clarification_task.cash_doubt,
    clarification_task.language,
    clarification_task.question,
    clarification_task.customer_count,
    clarification_task.item_count,
    clarification_task.open_amount,
    clarification_task.cash_amount,
    clarification_task.days_past_due_max,
    clarification_task.advised_on,
    clarification_task.newest_receipt_on,
    clarification_task.invoice_numbers,
from clarification_task
