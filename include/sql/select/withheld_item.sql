-- The open items that would have gone with a letter tonight, had no data been bad.
-- Grain: open item
-- Reads: decision, unheld_decision
-- Writes: withheld_item
select
    unheld_decision.as_of_date,
    unheld_decision.legal_entity_id,
    unheld_decision.invoice_id,
    unheld_decision.instalment_no,
    unheld_decision.customer_id,
    unheld_decision.invoice_number,
    unheld_decision.step,
    not unheld_decision.is_before_due as is_overdue,
    decision.reason_code,
    unheld_decision.currency,
    unheld_decision.open_amount,
    unheld_decision.dunning_exposure_amount,
    unheld_decision.days_past_due,
from unheld_decision
inner join decision
    on unheld_decision.invoice_id = decision.invoice_id
    and unheld_decision.instalment_no = decision.instalment_no
where unheld_decision.outcome = 'selected'
    and decision.outcome <> 'selected'
