-- The last step that each item has climbed, and what its notices are waiting for.
-- Grain: invoice and instalment
-- Reads: notice_history, policy_step
-- Writes: climbed_step
select
    notice_history.invoice_id,
    notice_history.instalment_no,
    max(policy_step.step_no) as step_no,
    arg_max(notice_history.step, policy_step.step_no) as step,
    max(notice_history.acted_on) as acted_on,
    bool_or(notice_history.state in ('drafted', 'released', 'claimed')) as is_in_flight,
    bool_or(notice_history.state in ('armed', 'unknown')) as is_in_doubt,
from notice_history
inner join policy_step on notice_history.step = policy_step.step
where notice_history.state not in ('failed', 'expired', 'withdrawn')
group by notice_history.invoice_id, notice_history.instalment_no
