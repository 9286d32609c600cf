-- What a night decided about an invoice, by its id or its number.
-- Grain: open item
-- Reads: decision
-- Writes: what `receivables why` prints
select
    decision.as_of_date,
    decision.legal_entity_id,
    decision.invoice_id,
    decision.invoice_number,
    decision.instalment_no,
    decision.customer_id,
    decision.due_date,
    decision.currency,
    decision.open_amount,
    decision.dunning_exposure_amount,
    decision.days_past_due,
    decision.outcome,
    decision.step,
    decision.last_step,
    decision.reason_code,
    decision.reason_text,
    decision.rule_path,
    decision.policy_version,
from decision
where $invoice in (decision.invoice_id, decision.invoice_number)
order by decision.legal_entity_id, decision.invoice_id, decision.instalment_no
