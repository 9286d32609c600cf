-- What a customer owes past due, and what the night decided about it.
-- Grain: open item past due
-- Reads: decision, open_item
-- Writes: the dossier
select
    decision.invoice_id,
    decision.instalment_no,
    decision.invoice_number,
    decision.document_type,
    decision.due_date,
    decision.days_past_due,
    decision.currency,
    open_item.original_amount,
    decision.open_amount,
    decision.dunning_exposure_amount as exposure_amount,
    open_item.interest_amount,
    open_item.compensation_amount,
    open_item.needs_confirmation,
    decision.outcome,
    decision.reason_code,
from decision
inner join open_item
    on decision.invoice_id = open_item.invoice_id
    and decision.instalment_no = open_item.instalment_no
where decision.customer_id = $customer_id
    and decision.days_past_due > 0
order by decision.due_date, decision.invoice_id, decision.instalment_no
