-- The open items about which two decisions of one night differ; what only one of them knows (a claim
-- that one waives) has nothing on the other side.
-- Grain: invoice and instalment that differs
-- Reads: before_decision, after_decision
-- Writes: nothing
select
    coalesce(after_decision.invoice_id, before_decision.invoice_id) as invoice_id,
    coalesce(after_decision.instalment_no, before_decision.instalment_no) as instalment_no,
    coalesce(after_decision.customer_id, before_decision.customer_id) as customer_id,
    before_decision.outcome as outcome_before,
    after_decision.outcome as outcome_after,
    before_decision.reason_code as reason_before,
    after_decision.reason_code as reason_after,
    before_decision.step as step_before,
    after_decision.step as step_after,
    before_decision.channel as channel_before,
    after_decision.channel as channel_after,
    before_decision.recipients as recipients_before,
    after_decision.recipients as recipients_after,
from before_decision
full outer join after_decision
    on before_decision.invoice_id = after_decision.invoice_id
    and before_decision.instalment_no = after_decision.instalment_no
where before_decision.outcome is distinct from after_decision.outcome
    or before_decision.reason_code is distinct from after_decision.reason_code
    or before_decision.step is distinct from after_decision.step
    or before_decision.channel is distinct from after_decision.channel
    or before_decision.recipients is distinct from after_decision.recipients
order by invoice_id, instalment_no
