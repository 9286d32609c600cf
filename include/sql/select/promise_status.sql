-- How each promise stands under the policy of its customer: open (it shields its items), kept,
-- part_kept or broken. What came for it is told by promise_outcome, with the days of grace of the legal
-- entity's own policy; a promise of the days right after the business day is open.
-- Grain: promise
-- Reads: promise, promise_outcome, customer_policy
-- Writes: promise_status
with known_promises as (
    select
        promise.promise_id,
        promise.customer_id,
        promise.invoice_id,
        promise.due_on,
        promise.due_on + customer_policy.promise_grace_days as shields_until,
        promise_outcome.outcome,
        promise_outcome.received_amount,
    from promise
    inner join customer_policy on promise.customer_id = customer_policy.customer_id
    left join promise_outcome on promise.promise_id = promise_outcome.promise_id
    where promise.promised_on <= cast($as_of_date as date) + customer_policy.known_since_days
)

select
    known_promises.* exclude (outcome, received_amount),
    case
        when known_promises.outcome = 'kept' then 'kept'
        when known_promises.shields_until >= $as_of_date then 'open'
        when known_promises.received_amount > 0 then 'part_kept'
        else 'broken'
    end as status,
from known_promises
where known_promises.outcome is not null
    or known_promises.shields_until >= $as_of_date
