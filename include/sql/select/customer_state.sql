-- What is known of each customer that bears on dunning as a whole.
-- Grain: customer
-- Reads: customer, quarantine, hold, promise, notice_history, policy, policy_step
-- Writes: customer_state
with quarantined_customers as (
    select
        quarantine.customer_id,
        min(quarantine.reason_code) as quarantine_reason_code,
    from quarantine
    where quarantine.holds_dunning
    group by quarantine.customer_id
),

held_customers as (
    select
        hold.customer_id,
        max(hold.held_until) as held_until,
    from hold
    cross join policy
    where hold.customer_id is not null
        and hold.invoice_id is null
        and hold.held_from <= cast($as_of_date as date) + policy.known_since_days
        and hold.held_until > $as_of_date
    group by hold.customer_id
),

promising_customers as (
    select
        promise.customer_id,
        max(promise.due_on) as promised_until,
    from promise
    cross join policy
    where promise.invoice_id is null
        and promise.promised_on <= cast($as_of_date as date) + policy.known_since_days
        and promise.due_on + policy.promise_grace_days >= $as_of_date
    group by promise.customer_id
),

noticed_customers as (
    select
        notice_history.customer_id,
        max(notice_history.acted_on) as noticed_on,
    from notice_history
    inner join policy_step on notice_history.step = policy_step.step
    where notice_history.state not in ('failed', 'expired', 'withdrawn')
        and policy_step.days_past_due > 0
    group by notice_history.customer_id
)

select
    customer.customer_id,
    coalesce(customer.is_dunning_blocked, false) as is_dunning_blocked,
    quarantined_customers.quarantine_reason_code,
    held_customers.held_until,
    promising_customers.promised_until,
    noticed_customers.noticed_on,
from customer
left join quarantined_customers on customer.customer_id = quarantined_customers.customer_id
left join held_customers on customer.customer_id = held_customers.customer_id
left join promising_customers on customer.customer_id = promising_customers.customer_id
left join noticed_customers on customer.customer_id = noticed_customers.customer_id
