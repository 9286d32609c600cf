-- The step that each open item would climb next: the first above its last one that still makes
-- sense (a notice before the due date makes none after it). No step is skipped, however late.
-- Grain: invoice and instalment
-- Reads: open_item, climbed_step, policy_step
-- Writes: next_step
select
    open_item.invoice_id,
    open_item.instalment_no,
    any_value(climbed_step.step) as last_step,
    coalesce(bool_or(climbed_step.is_in_flight), false) as is_in_flight,
    coalesce(bool_or(climbed_step.is_in_doubt), false) as is_in_doubt,
    min(policy_step.step_no) as step_no,
    arg_min(policy_step.step, policy_step.step_no) as step,
    arg_min(policy_step.days_past_due, policy_step.step_no) as step_days_past_due,
    arg_min(policy_step.channel, policy_step.step_no) as channel,
    arg_min(policy_step.recipient_role, policy_step.step_no) as recipient_role,
    arg_min(policy_step.interest_mode, policy_step.step_no) as interest_mode,
    any_value(climbed_step.step_no) as last_step_no,
from open_item
left join climbed_step
    on open_item.invoice_id = climbed_step.invoice_id
    and open_item.instalment_no = climbed_step.instalment_no
left join policy_step
    on policy_step.step_no > coalesce(climbed_step.step_no, 0)
    and (policy_step.days_past_due > 0 or open_item.days_past_due <= 0)
group by open_item.invoice_id, open_item.instalment_no
