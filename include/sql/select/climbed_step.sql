-- The last step that was taken about each item: the last letter, as the outbox tells, and the calls,
-- posted letters and tasks after it, which are taken when somebody was reached, or lapse.
-- Grain: invoice and instalment of which a step was taken
-- Reads: open_item, notice_history, customer_policy, policy_step, step_day, person_contact
-- Writes: climbed_step
with recursive sent_steps as (
    select
        open_item.invoice_id,
        open_item.instalment_no,
        coalesce(max(policy_step.step_no), 0) as step_no,
        arg_max(notice_history.step, coalesce(policy_step.step_no, 0)) as step,
        max(notice_history.acted_on) as acted_on,
        coalesce(bool_or(notice_history.state in ('drafted', 'released', 'claimed')), false)
            as is_in_flight,
        coalesce(bool_or(notice_history.state in ('armed', 'unknown')), false) as is_in_doubt,
        coalesce(
            arg_max(policy_step.step is null, notice_history.acted_on)
                filter (notice_history.step is not null),
            false
        ) as is_of_no_policy,
    from open_item
    inner join customer_policy on open_item.customer_id = customer_policy.customer_id
    left join notice_history
        on open_item.invoice_id = notice_history.invoice_id
        and open_item.instalment_no = notice_history.instalment_no
        and notice_history.state not in ('failed', 'expired', 'withdrawn')
    left join policy_step
        on customer_policy.policy_name = policy_step.policy_name
        and notice_history.step = policy_step.step
    group by open_item.invoice_id, open_item.instalment_no
),

persons_steps as (
    select
        policy_step.policy_name,
        policy_step.step_no,
        policy_step.step,
        policy_step.channel,
        policy_step.lapses_after_days,
        coalesce(
            max(earlier_step.step_no) filter (not earlier_step.is_before_due), 0
        ) as previous_step_no,
    from policy_step
    left join policy_step as earlier_step
        on policy_step.policy_name = earlier_step.policy_name
        and policy_step.step_no > earlier_step.step_no
    where policy_step.taken_by = 'person'
    group by all
),

opened_steps as (
    select
        open_item.invoice_id,
        open_item.instalment_no,
        open_item.customer_id,
        persons_steps.* exclude (policy_name),
        step_day.due_on,
    from open_item
    inner join customer_policy on open_item.customer_id = customer_policy.customer_id
    inner join persons_steps on customer_policy.policy_name = persons_steps.policy_name
    inner join step_day
        on customer_policy.policy_name = step_day.policy_name
        and customer_policy.country = step_day.country
        and open_item.due_date = step_day.due_date
        and persons_steps.step_no = step_day.step_no
    where step_day.due_on <= $as_of_date
),

walked_steps as (
    select
        sent_steps.invoice_id,
        sent_steps.instalment_no,
        sent_steps.step_no,
        sent_steps.step,
        sent_steps.acted_on,
    from sent_steps
    union all
    select
        opened_steps.invoice_id,
        opened_steps.instalment_no,
        opened_steps.step_no,
        opened_steps.step,
        coalesce(
            min(person_contact.day),
            greatest(opened_steps.due_on, walked_steps.acted_on) + opened_steps.lapses_after_days
        ) as acted_on,
    from walked_steps
    inner join opened_steps
        on walked_steps.invoice_id = opened_steps.invoice_id
        and walked_steps.instalment_no = opened_steps.instalment_no
        and walked_steps.step_no >= opened_steps.previous_step_no
        and walked_steps.step_no < opened_steps.step_no
    left join person_contact
        on opened_steps.customer_id = person_contact.customer_id
        and opened_steps.channel = person_contact.channel
        and coalesce(person_contact.invoice_id, opened_steps.invoice_id) = opened_steps.invoice_id
        and person_contact.day >= greatest(opened_steps.due_on, walked_steps.acted_on)
    group by
        opened_steps.invoice_id, opened_steps.instalment_no, opened_steps.step_no,
        opened_steps.step, opened_steps.due_on, opened_steps.lapses_after_days,
        walked_steps.acted_on
    having coalesce(
        min(person_contact.day),
        greatest(opened_steps.due_on, walked_steps.acted_on) + opened_steps.lapses_after_days
    ) <= $as_of_date
)

select
    sent_steps.invoice_id,
    sent_steps.instalment_no,
    max(walked_steps.step_no) as step_no,
    arg_max(walked_steps.step, walked_steps.step_no) as step,
    max(walked_steps.acted_on) as acted_on,
    any_value(sent_steps.is_in_flight) as is_in_flight,
    any_value(sent_steps.is_in_doubt) as is_in_doubt,
    any_value(sent_steps.is_of_no_policy) as is_of_no_policy,
from walked_steps
inner join sent_steps
    on walked_steps.invoice_id = sent_steps.invoice_id
    and walked_steps.instalment_no = sent_steps.instalment_no
where walked_steps.step is not null
group by sent_steps.invoice_id, sent_steps.instalment_no
