-- What the night decided about every open item, and why.
-- Grain: open item
-- Reads: decision
-- Writes: decision
select
    decision.as_of_date,
    decision.legal_entity_id,
    decision.invoice_id,
    decision.instalment_no,
    decision.customer_id,
    decision.outcome,
    decision.step,
    decision.reason_code,
    decision.reason_text,
    decision.rule_path,
    decision.currency,
    decision.open_amount,
    decision.dunning_exposure_amount,
    decision.days_past_due,
    decision.last_contacted_on,
    decision.is_sleeping,
    decision.policy_version,
from decision
