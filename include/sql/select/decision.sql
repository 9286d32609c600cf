-- What the night decides for every open item, and why; the first reason that applies stands. A
-- letter leaves on the morning after, which is what counts for the days between two letters.
-- Grain: open item
-- Reads: open_item, next_step, customer_state, recipient, hold, promise, dispute, policy,
--   threshold, reason
-- Writes: decision
with held_invoices as (
    select
        hold.invoice_id,
        max(hold.held_until) as held_until,
    from hold
    cross join policy
    where hold.invoice_id is not null
        and hold.held_from <= cast($as_of_date as date) + policy.known_since_days
        and hold.held_until > $as_of_date
    group by hold.invoice_id
),

promised_invoices as (
    select
        promise.invoice_id,
        max(promise.due_on) as promised_until,
    from promise
    cross join policy
    where promise.invoice_id is not null
        and promise.promised_on <= cast($as_of_date as date) + policy.known_since_days
        and promise.due_on + policy.promise_grace_days >= $as_of_date
    group by promise.invoice_id
),

lately_disputed_invoices as (
    select distinct dispute.invoice_id
    from dispute
    cross join policy
    where dispute.opened_on > $as_of_date
        and dispute.opened_on <= cast($as_of_date as date) + policy.known_since_days
        and dispute.resolved_on is null
),

items as (
    select
        open_item.*,
        lately_disputed_invoices.invoice_id is not null as is_lately_disputed,
        next_step.* exclude (invoice_id, instalment_no),
        customer_state.* exclude (customer_id),
        recipient.contact_id,
        recipient.role as contact_role,
        recipient.language,
        policy.min_days_between_notices,
        policy.policy_version,
        threshold.threshold_amount,
        coalesce(held_invoices.held_until, customer_state.held_until) as hold_ends,
        coalesce(promised_invoices.promised_until, customer_state.promised_until) as promise_ends,
    from open_item
    inner join next_step
        on open_item.invoice_id = next_step.invoice_id
        and open_item.instalment_no = next_step.instalment_no
    inner join customer_state on open_item.customer_id = customer_state.customer_id
    left join recipient
        on open_item.customer_id = recipient.customer_id
        and next_step.recipient_role = recipient.asked_role
    left join held_invoices on open_item.invoice_id = held_invoices.invoice_id
    left join promised_invoices on open_item.invoice_id = promised_invoices.invoice_id
    left join lately_disputed_invoices
        on open_item.invoice_id = lately_disputed_invoices.invoice_id
    left join threshold on open_item.currency = threshold.currency
    cross join policy
),

reasoned_items as (
    select
        items.*,
        case
            when items.data_hold_reason is not null then items.data_hold_reason
            when items.quarantine_reason_code is not null then 'DATA_QUARANTINED'
            when items.due_date is null then 'NO_DUE_DATE'
            when items.disputed_amount > 0 or items.is_lately_disputed then 'DISPUTED'
            when items.on_plan_amount > 0 then 'ON_PLAN'
            when items.promise_ends is not null then 'PROMISED'
            when items.hold_ends is not null then 'ON_HOLD'
            when items.is_dunning_blocked then 'DUNNING_BLOCKED'
            when items.in_transit_amount >= items.open_amount then 'IN_TRANSIT'
            when items.dunning_exposure_amount <= 0 then 'COVERED_BY_CREDIT'
            when items.is_in_doubt then 'DELIVERY_UNKNOWN'
            when items.is_in_flight then 'NOTICE_IN_FLIGHT'
            when items.step is null then 'LADDER_CLIMBED'
            when items.days_past_due < items.step_days_past_due and items.days_past_due <= 0
                then 'NOT_DUE'
            when items.days_past_due < items.step_days_past_due then 'STEP_NOT_REACHED'
            when items.dunning_exposure_amount < items.threshold_amount then 'BELOW_THRESHOLD'
            when items.step_days_past_due > 0
                and items.noticed_on + items.min_days_between_notices
                > cast($as_of_date as date) + 1
                then 'NOTICED_LATELY'
            when items.channel <> 'email' then 'HAND_OVER_PROPOSED'
            when items.contact_id is null then 'NO_CONTACT'
            else 'STEP_DUE'
        end as reason_code,
    from items
)

select
    reasoned_items.as_of_date,
    reasoned_items.legal_entity_id,
    reasoned_items.invoice_id,
    reasoned_items.instalment_no,
    reasoned_items.customer_id,
    reasoned_items.invoice_number,
    reason.outcome,
    case
        when reason.outcome in ('selected', 'review') then reasoned_items.step
    end as step,
    reasoned_items.last_step,
    reasoned_items.step as next_step,
    reasoned_items.reason_code,
    replace(replace(replace(replace(replace(replace(replace(replace(
        reason.reason_text,
        '{days_past_due}', coalesce(cast(reasoned_items.days_past_due as varchar), '?')),
        '{next_step}', coalesce(reasoned_items.step, 'none')),
        '{next_days}', coalesce(cast(reasoned_items.step_days_past_due as varchar), '?')),
        '{last_step}', coalesce(reasoned_items.last_step, 'none')),
        '{held_until}', coalesce(cast(reasoned_items.hold_ends as varchar), '?')),
        '{promised_until}', coalesce(cast(reasoned_items.promise_ends as varchar), '?')),
        '{noticed_on}', coalesce(cast(reasoned_items.noticed_on as varchar), '?')),
        '{threshold}', coalesce(
            cast(reasoned_items.threshold_amount as varchar) || ' ' || reasoned_items.currency, '?'
        )) as reason_text,
    reasoned_items.currency,
    reasoned_items.open_amount,
    reasoned_items.dunning_exposure_amount,
    reasoned_items.days_past_due,
    reasoned_items.due_date,
    reasoned_items.step_no,
    reasoned_items.step_days_past_due,
    reasoned_items.channel,
    reasoned_items.recipient_role as asked_role,
    reasoned_items.policy_version,
from reasoned_items
inner join reason on reasoned_items.reason_code = reason.reason_code
