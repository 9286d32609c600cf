-- Whether each promise was kept, as finance reads it.
-- Grain: promise
-- Reads: promise_outcome
-- Writes: promise_outcome
select
    promise_outcome.as_of_date,
    promise_outcome.legal_entity_id,
    promise_outcome.promise_id,
    promise_outcome.customer_id,
    promise_outcome.invoice_id,
    promise_outcome.currency,
    promise_outcome.amount,
    promise_outcome.promised_on,
    promise_outcome.due_on,
    promise_outcome.grace_until,
    promise_outcome.received_amount,
    promise_outcome.outcome,
from promise_outcome
