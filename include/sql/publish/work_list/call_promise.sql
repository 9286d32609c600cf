-- The last promises of whom the first calls go to, and whether they were kept.
-- Grain: promise
-- Reads: call_due, promise_outcome, invoice
-- Writes: the call scripts
with called_customers as (
    select distinct call_due.customer_id
    from call_due
)

select
    promise_outcome.customer_id,
    promise_outcome.promised_on,
    promise_outcome.due_on,
    promise_outcome.amount,
    promise_outcome.received_amount,
    promise_outcome.currency,
    promise_outcome.outcome,
    invoice.invoice_number,
from promise_outcome
inner join called_customers on promise_outcome.customer_id = called_customers.customer_id
left join invoice on promise_outcome.invoice_id = invoice.invoice_id
qualify row_number() over (
    partition by promise_outcome.customer_id
    order by promise_outcome.due_on desc, promise_outcome.promise_id
) <= $listed
order by
    promise_outcome.due_on desc,
    promise_outcome.promise_id
