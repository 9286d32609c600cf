-- What became of each promise, told by the money that came from the day it was given to the last day
-- of grace: open, kept, part_kept or broken. An account's promise names no currency: the best of the
-- currencies that were paid counts.
-- Grain: promise
-- Reads: promise, allocation, receipt, customer_policy
-- Writes: promise_status
with known_promises as (
    select
        promise.promise_id,
        promise.customer_id,
        promise.invoice_id,
        promise.amount,
        promise.promised_on,
        promise.due_on,
        promise.due_on + customer_policy.promise_grace_days as shields_until,
    from promise
    inner join customer_policy on promise.customer_id = customer_policy.customer_id
    where promise.promised_on
        <= cast($as_of_date as date) + customer_policy.known_since_days
),

money as (
    select
        known_promises.promise_id,
        sum(allocation.amount) as paid_amount,
    from known_promises
    inner join allocation on known_promises.invoice_id = allocation.invoice_id
    where allocation.allocation_date
        between known_promises.promised_on and known_promises.shields_until
        and coalesce(allocation.reversed_on > $as_of_date, true)
    group by known_promises.promise_id
    union all
    select
        known_promises.promise_id,
        sum(receipt.amount) as paid_amount,
    from known_promises
    inner join receipt on known_promises.customer_id = receipt.customer_id
    where known_promises.invoice_id is null
        and receipt.receipt_date
        between known_promises.promised_on and known_promises.shields_until
    group by known_promises.promise_id, receipt.currency
),

paid as (
    select
        money.promise_id,
        max(money.paid_amount) as paid_amount,
    from money
    group by money.promise_id
)

select
    known_promises.*,
    coalesce(paid.paid_amount, 0) as paid_amount,
    case
        when paid.paid_amount >= known_promises.amount then 'kept'
        when known_promises.shields_until >= $as_of_date then 'open'
        when paid.paid_amount > 0 then 'part_kept'
        else 'broken'
    end as status,
from known_promises
left join paid on known_promises.promise_id = paid.promise_id
