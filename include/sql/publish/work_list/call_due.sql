-- The first calls of the list, and what is known already of what a call asks first.
-- Grain: customer and currency
-- Reads: work_list, open_item, contact, contact_event, dispute
-- Writes: call_due
with calls as (
    select work_list.*
    from work_list
    where work_list.kind = 'call'
    order by work_list.priority
    limit $calls_max
),

owed as (
    select
        open_item.customer_id,
        open_item.currency,
        sum(open_item.in_transit_amount) as in_transit_amount,
        sum(open_item.open_amount) filter (where open_item.days_past_due > 0) as overdue_amount,
        sum(open_item.disputed_amount) as all_disputed_amount,
    from open_item
    where open_item.customer_id in (select calls.customer_id from calls)
    group by open_item.customer_id, open_item.currency
),

disputes as (
    select
        open_item.customer_id,
        open_item.currency,
        max(dispute.opened_on) as disputed_on,
        arg_max(dispute.reason, (dispute.opened_on, dispute.dispute_id)) as dispute_reason,
    from open_item
    inner join dispute on open_item.invoice_id = dispute.invoice_id
    where open_item.disputed_amount > 0
        and dispute.opened_on <= open_item.as_of_date
        and (dispute.resolved_on is null or dispute.resolved_on > open_item.as_of_date)
    group by open_item.customer_id, open_item.currency
),

events as (
    select
        calls.customer_id,
        max(cast(contact_event.occurred_at as date)) filter (
            where contact_event.outcome = 'wrong_person'
        ) as wrong_person_on,
        max(cast(contact_event.occurred_at as date)) filter (
            where contact_event.outcome not in ('wrong_person', 'no_answer')
        ) as reached_on,
        max(cast(contact_event.occurred_at as date)) filter (
            where contact_event.outcome = 'paid'
        ) as said_paid_on,
        max(cast(contact_event.occurred_at as date)) filter (
            where contact_event.outcome = 'disputed'
        ) as said_disputed_on,
    from (select distinct calls.customer_id, calls.as_of_date from calls) as calls
    inner join contact_event on calls.customer_id = contact_event.customer_id
    where cast(contact_event.occurred_at as date) <= calls.as_of_date
    group by calls.customer_id
),

deciders as (
    select
        contact.customer_id,
        arg_min(
            contact.name, (list_position($decider_roles, contact.role), contact.contact_id)
        ) as decider_name,
        arg_min(
            contact.role, (list_position($decider_roles, contact.role), contact.contact_id)
        ) as decider_role,
    from contact
    where list_contains($decider_roles, contact.role)
        and contact.name is not null
        and coalesce(contact.is_active, true)
    group by contact.customer_id
)

select
    calls.*,
    contact.name as contact_name,
    contact.verified_on,
    owed.in_transit_amount,
    owed.overdue_amount,
    owed.all_disputed_amount,
    disputes.disputed_on,
    disputes.dispute_reason,
    events.wrong_person_on,
    events.reached_on,
    events.said_paid_on,
    events.said_disputed_on,
    deciders.decider_name,
    deciders.decider_role,
from calls
inner join owed
    on calls.customer_id = owed.customer_id
    and calls.currency = owed.currency
left join contact on calls.contact_id = contact.contact_id
left join disputes
    on calls.customer_id = disputes.customer_id
    and calls.currency = disputes.currency
left join events on calls.customer_id = events.customer_id
left join deciders on calls.customer_id = deciders.customer_id
order by calls.priority
