-- What the first calls are about, the oldest first.
-- Grain: open item
-- Reads: call_due, decision, open_item, invoice
-- Writes: the call scripts
select
    call_due.customer_id,
    call_due.currency,
    open_item.invoice_number,
    open_item.due_date,
    open_item.days_past_due,
    open_item.open_amount,
    case
        when not open_item.needs_confirmation
            then open_item.interest_amount + open_item.compensation_amount
    end as interest_amount,
    invoice.description,
    invoice.purchase_order_ref,
    invoice.delivery_refs,
    open_item.instrument_type,
    open_item.instrument_status,
    invoice.instrument_ref,
from call_due
inner join decision
    on call_due.customer_id = decision.customer_id
    and call_due.currency = decision.currency
    and list_contains(string_split(call_due.reason_codes, ', '), decision.reason_code)
inner join open_item
    on decision.invoice_id = open_item.invoice_id
    and decision.instalment_no = open_item.instalment_no
inner join invoice on decision.invoice_id = invoice.invoice_id
order by
    open_item.days_past_due desc,
    decision.invoice_id,
    decision.instalment_no
