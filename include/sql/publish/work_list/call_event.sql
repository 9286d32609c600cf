-- The last that was spoken with whom the first calls go to, and what came of it.
-- Grain: contact event
-- Reads: call_due, contact_event
-- Writes: the call scripts
with called_customers as (
    select distinct
        call_due.customer_id,
        call_due.as_of_date,
    from call_due
)

select
    contact_event.customer_id,
    cast(contact_event.occurred_at as date) as occurred_on,
    contact_event.channel,
    contact_event.outcome,
from contact_event
inner join called_customers on contact_event.customer_id = called_customers.customer_id
where cast(contact_event.occurred_at as date) <= called_customers.as_of_date
qualify row_number() over (
    partition by contact_event.customer_id
    order by contact_event.occurred_at desc, contact_event.event_id
) <= $listed
order by
    contact_event.occurred_at desc,
    contact_event.event_id
