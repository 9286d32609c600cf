-- What every customer owes, item by item, as finance reads it.
-- Grain: open item
-- Reads: open_item, decision
-- Writes: aging_snapshot
select
    open_item.as_of_date,
    open_item.legal_entity_id,
    open_item.invoice_id,
    open_item.instalment_no,
    open_item.customer_id,
    open_item.invoice_number,
    open_item.document_type,
    open_item.issue_date,
    open_item.due_date,
    open_item.currency,
    open_item.original_amount,
    open_item.open_amount,
    open_item.days_past_due,
    open_item.aging_bucket,
    open_item.disputed_amount,
    open_item.promised_amount,
    open_item.on_plan_amount,
    open_item.interest_amount,
    open_item.compensation_amount,
    open_item.instrument_type,
    open_item.instrument_status,
    decision.last_step,
    open_item.open_amount_group,
    open_item.exchange_rate,
    open_item.exchange_rate_date,
    cast($known_at as timestamp) as known_at,
    cast($is_restated as boolean) as is_restated,
    open_item.needs_confirmation,
from open_item
inner join decision
    on open_item.invoice_id = decision.invoice_id
    and open_item.instalment_no = decision.instalment_no
