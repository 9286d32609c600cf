-- What every customer owes by now: each legal entity's newest official night, read on both engines.
-- Grain: open item
-- Reads: night, aging_snapshot
-- Writes: the view v_aging_today
with newest_nights as (
    select night.legal_entity_id, max(night.as_of_date) as as_of_date
    from receivables.night
    where not night.is_restated
    group by night.legal_entity_id
)

select
    aging_snapshot.as_of_date,
    aging_snapshot.legal_entity_id,
    aging_snapshot.invoice_id,
    aging_snapshot.instalment_no,
    aging_snapshot.customer_id,
    aging_snapshot.invoice_number,
    aging_snapshot.document_type,
    aging_snapshot.issue_date,
    aging_snapshot.due_date,
    aging_snapshot.currency,
    aging_snapshot.original_amount,
    aging_snapshot.open_amount,
    aging_snapshot.days_past_due,
    aging_snapshot.aging_bucket,
    aging_snapshot.disputed_amount,
    aging_snapshot.promised_amount,
    aging_snapshot.on_plan_amount,
    aging_snapshot.interest_amount,
    aging_snapshot.compensation_amount,
    aging_snapshot.instrument_type,
    aging_snapshot.instrument_status,
    aging_snapshot.last_step,
    aging_snapshot.open_amount_group,
    aging_snapshot.exchange_rate,
    aging_snapshot.exchange_rate_date,
    aging_snapshot.known_at,
    aging_snapshot.is_restated,
    aging_snapshot.needs_confirmation
from receivables.aging_snapshot
inner join newest_nights
    on aging_snapshot.legal_entity_id = newest_nights.legal_entity_id
    and aging_snapshot.as_of_date = newest_nights.as_of_date
where not aging_snapshot.is_restated
