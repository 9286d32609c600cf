-- Promises that were broken lately, in whole or in part.
-- Grain: promise
-- Reads: customer_salesperson, promise_outcome, invoice
-- Writes: the digest
select
    customer_salesperson.salesperson_no,
    customer_salesperson.customer_id,
    customer_salesperson.customer_name,
    coalesce(invoice.invoice_number, 'the account') as subject,
    promise_outcome.promised_on,
    promise_outcome.due_on,
    promise_outcome.amount,
    promise_outcome.received_amount,
    promise_outcome.currency,
    count(*) over (partition by customer_salesperson.salesperson_no) as found_rows,
from promise_outcome
inner join customer_salesperson on promise_outcome.customer_id = customer_salesperson.customer_id
left join invoice on promise_outcome.invoice_id = invoice.invoice_id
where promise_outcome.outcome in ('broken', 'part_kept')
    and promise_outcome.grace_until >= promise_outcome.as_of_date - cast($broken_days as integer)
qualify row_number() over (
    partition by customer_salesperson.salesperson_no
    order by promise_outcome.due_on desc, customer_salesperson.customer_id, promise_outcome.promise_id
) <= $rows_max
order by
    promise_outcome.due_on desc,
    customer_salesperson.customer_id,
    promise_outcome.promise_id
