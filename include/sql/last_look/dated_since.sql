-- Rows that began to count after a night's day and by today: what was booked ahead.
-- Grain: one row
-- Reads: receipt, allocation, invoice, dispute, promise, agreement, agreement_instalment, hold,
--   contact_event
-- Writes: nothing
with dated_rows as (
    select receipt.receipt_date as day from receipt
    union all
    select allocation.allocation_date from allocation
    union all
    select allocation.reversed_on from allocation
    union all
    select invoice.posting_date from invoice
    union all
    select invoice.cancelled_on from invoice
    union all
    select dispute.opened_on from dispute
    union all
    select promise.promised_on from promise
    union all
    select agreement.agreed_on from agreement
    union all
    select agreement_instalment.paid_on from agreement_instalment
    union all
    select hold.held_from from hold
    union all
    select cast(contact_event.occurred_at as date) from contact_event
)

select count(*) as dated_rows
from dated_rows
where dated_rows.day > $as_of_date
    and dated_rows.day <= $today
