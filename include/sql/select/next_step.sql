-- The step that each open item would climb next: the first above its last one that still makes sense
-- (a notice before the due date makes none after it). A policy that catches up takes the highest
-- letter that is due instead. A promise that was broken since the last step brings the next one on.
-- Grain: invoice and instalment
-- Reads: open_item, customer_policy, climbed_step, policy_step, step_day, promise_status
-- Writes: next_step
with broken_promises as (
    select
        promise_status.customer_id,
        promise_status.invoice_id,
        max(promise_status.shields_until) as broken_on,
    from promise_status
    where promise_status.status in ('part_kept', 'broken')
    group by promise_status.customer_id, promise_status.invoice_id
),

items as (
    select
        open_item.invoice_id,
        open_item.instalment_no,
        open_item.due_date,
        open_item.days_past_due,
        customer_policy.policy_name,
        customer_policy.country,
        customer_policy.is_catching_up,
        climbed_step.step as last_step,
        coalesce(climbed_step.step_no, 0) as last_step_no,
        climbed_step.acted_on as last_step_on,
        coalesce(climbed_step.is_in_flight, false) as is_in_flight,
        coalesce(climbed_step.is_in_doubt, false) as is_in_doubt,
        coalesce(climbed_step.is_of_no_policy, false) as is_of_no_policy,
        greatest(invoices_promise.broken_on, accounts_promise.broken_on) as promise_broken_on,
        coalesce(promise_broken_on > open_item.due_date, false)
        and coalesce(promise_broken_on > climbed_step.acted_on, true) as is_promise_broken,
    from open_item
    inner join customer_policy on open_item.customer_id = customer_policy.customer_id
    left join climbed_step
        on open_item.invoice_id = climbed_step.invoice_id
        and open_item.instalment_no = climbed_step.instalment_no
    left join broken_promises as invoices_promise
        on open_item.invoice_id = invoices_promise.invoice_id
    left join broken_promises as accounts_promise
        on open_item.customer_id = accounts_promise.customer_id
        and accounts_promise.invoice_id is null
),

steps_ahead as (
    select
        items.*,
        policy_step.* exclude (policy_name),
        case
            when items.is_promise_broken and not policy_step.is_before_due
                then least(items.promise_broken_on, step_day.due_on)
            else coalesce(step_day.due_on, items.last_step_on + policy_step.days_after_previous)
        end as step_due_on,
        items.is_catching_up and policy_step.taken_by = 'dispatch'
        and coalesce(step_day.due_on <= $as_of_date, false) as is_caught_up,
        case when is_caught_up then -policy_step.step_no else policy_step.step_no end as preference,
    from items
    left join policy_step
        on items.policy_name = policy_step.policy_name
        and items.last_step_no < policy_step.step_no
        and (not policy_step.is_before_due or items.days_past_due <= 0)
    left join step_day
        on items.policy_name = step_day.policy_name
        and items.country = step_day.country
        and items.due_date = step_day.due_date
        and policy_step.step_no = step_day.step_no
)

select
    steps_ahead.invoice_id,
    steps_ahead.instalment_no,
    any_value(steps_ahead.last_step) as last_step,
    any_value(steps_ahead.last_step_no) as last_step_no,
    any_value(steps_ahead.last_step_on) as last_step_on,
    any_value(steps_ahead.is_in_flight) as is_in_flight,
    any_value(steps_ahead.is_in_doubt) as is_in_doubt,
    any_value(steps_ahead.is_of_no_policy) as is_of_no_policy,
    any_value(steps_ahead.is_promise_broken) as is_promise_broken,
    min(steps_ahead.preference) is not null as has_step,
    arg_min(steps_ahead.step_no, steps_ahead.preference) as step_no,
    arg_min(steps_ahead.step, steps_ahead.preference) as step,
    arg_min_null(steps_ahead.step_due_on, steps_ahead.preference) as step_due_on,
    arg_min(steps_ahead.is_before_due, steps_ahead.preference) as is_before_due,
    arg_min(steps_ahead.channel, steps_ahead.preference) as channel,
    arg_min_null(steps_ahead.due_reason_code, steps_ahead.preference) as due_reason_code,
    arg_min(steps_ahead.recipients, steps_ahead.preference) as recipients,
    arg_min(steps_ahead.interest_mode, steps_ahead.preference) as interest_mode,
    arg_min_null(steps_ahead.min_days_since_last, steps_ahead.preference) as min_days_since_last,
from steps_ahead
group by steps_ahead.invoice_id, steps_ahead.instalment_no
