-- What nobody spoke about for as long as the policy allows, and no reason explains it.
-- Grain: open item
-- Reads: night, decision, aging_snapshot
-- Writes: the view v_sleeping_items
with newest_nights as (
    select night.legal_entity_id, max(night.as_of_date) as as_of_date
    from receivables.night
    where not night.is_restated
    group by night.legal_entity_id
)

select
    decision.as_of_date,
    decision.legal_entity_id,
    decision.customer_id,
    decision.invoice_id,
    decision.instalment_no,
    aging_snapshot.invoice_number,
    aging_snapshot.due_date,
    decision.days_past_due,
    decision.currency,
    decision.open_amount,
    decision.last_contacted_on,
    decision.outcome,
    decision.reason_code,
    decision.reason_text
from receivables.decision
inner join newest_nights
    on decision.legal_entity_id = newest_nights.legal_entity_id
    and decision.as_of_date = newest_nights.as_of_date
left join receivables.aging_snapshot
    on decision.legal_entity_id = aging_snapshot.legal_entity_id
    and decision.as_of_date = aging_snapshot.as_of_date
    and decision.invoice_id = aging_snapshot.invoice_id
    and decision.instalment_no = aging_snapshot.instalment_no
where decision.is_sleeping
