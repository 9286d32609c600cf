-- What is known of each customer that bears on dunning as a whole. Contacts are counted to the morning
-- on which a letter of tonight would leave.
-- Grain: customer
-- Reads: customer, customer_policy, quarantine, hold, promise_status, notice_history, policy_step,
--   contact_event, business_day, customer_reply
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
        bool_or(hold_reason.reason_code = 'INSOLVENT') as is_insolvent,
    from hold
    inner join customer_policy on hold.customer_id = customer_policy.customer_id
    left join hold_reason on lower(trim(hold.reason)) = hold_reason.hold_reason
    where hold.invoice_id is null
        and hold.held_from <= cast($as_of_date as date) + customer_policy.known_since_days
        and hold.held_until > $as_of_date
    group by hold.customer_id
),

promising_customers as (
    select
        promise_status.customer_id,
        max(promise_status.due_on) as promised_until,
    from promise_status
    where promise_status.invoice_id is null
        and promise_status.status = 'open'
    group by promise_status.customer_id
),

notices as (
    select distinct
        notice_history.notice_id,
        notice_history.customer_id,
        notice_history.acted_on,
        not coalesce(policy_step.is_before_due, false) as is_overdue,
    from notice_history
    inner join customer_policy on notice_history.customer_id = customer_policy.customer_id
    left join policy_step
        on customer_policy.policy_name = policy_step.policy_name
        and notice_history.notice_step = policy_step.step
    where notice_history.state not in ('failed', 'expired', 'withdrawn')
),

contacts as (
    select
        notices.customer_id,
        notices.acted_on as day,
    from notices
    union all
    select
        contact_event.customer_id,
        cast(contact_event.occurred_at as date) as day,
    from contact_event
    where coalesce(contact_event.direction, 'outbound') = 'outbound'
        and cast(contact_event.occurred_at as date) <= $as_of_date
),

contacted_customers as (
    select
        contacts.customer_id,
        count(*) as contacts_lately,
    from contacts
    inner join customer_policy on contacts.customer_id = customer_policy.customer_id
    where contacts.day + customer_policy.contacts_max_days > cast($as_of_date as date) + 1
    group by contacts.customer_id
),

noticed_customers as (
    select
        notices.customer_id,
        max(notices.acted_on) as noticed_on,
    from notices
    where notices.is_overdue
    group by notices.customer_id
)

select
    customer.customer_id,
    coalesce(customer.is_dunning_blocked, false) as is_dunning_blocked,
    quarantined_customers.quarantine_reason_code,
    held_customers.held_until,
    coalesce(held_customers.is_insolvent, false) as is_insolvent,
    promising_customers.promised_until,
    noticed_customers.noticed_on,
    coalesce(contacted_customers.contacts_lately, 0) >= customer_policy.contacts_max
        as is_contacted_enough,
    customer_policy.is_busy_season,
    not customer_policy.is_on_business_days_only or business_day.is_business_day
        as is_day_to_write,
    customer_reply.replied_on,
    customer_reply.pause_ends_on,
    coalesce(customer_reply.is_complaining, false) as is_complaining,
    coalesce(customer_reply.is_reply_new, false) as is_reply_new,
from customer
inner join customer_policy on customer.customer_id = customer_policy.customer_id
inner join business_day
    on customer.country = business_day.country
    and cast($as_of_date as date) + 1 = business_day.day
left join quarantined_customers on customer.customer_id = quarantined_customers.customer_id
left join held_customers on customer.customer_id = held_customers.customer_id
left join promising_customers on customer.customer_id = promising_customers.customer_id
left join contacted_customers on customer.customer_id = contacted_customers.customer_id
left join noticed_customers on customer.customer_id = noticed_customers.customer_id
left join customer_reply on customer.customer_id = customer_reply.customer_id
