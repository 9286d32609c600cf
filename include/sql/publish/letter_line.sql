-- The items of tonight's letters, the oldest first.
-- Grain: open item selected
-- Reads: notice_item, notice, invoice
-- Writes: the outbox
with notice_keys as (
    select distinct notice.notice_id, notice.customer_id, notice.step, notice.cycle
    from notice
)

select
    notice_keys.notice_id,
    notice_item.invoice_id,
    notice_item.instalment_no,
    notice_item.item_step,
    notice_item.invoice_number,
    notice_item.issue_date,
    notice_item.due_date,
    notice_item.days_past_due,
    notice_item.currency,
    notice_item.original_amount,
    notice_item.open_amount,
    notice_item.dunning_exposure_amount,
    notice_item.document_type,
    notice_item.interest_amount,
    coalesce(notice_item.fixed_fee_amount, 0) as fixed_fee_amount,
    coalesce(notice_item.fine_amount, 0) as fine_amount,
    coalesce(notice_item.claimed_amount, 0) as claimed_amount,
    coalesce(notice_item.needs_confirmation, false) as needs_confirmation,
    coalesce(notice_item.legal_basis, '') as legal_basis,
    coalesce(invoice.delivery_refs, '') as delivery_refs,
from notice_item
inner join notice_keys
    on notice_item.customer_id = notice_keys.customer_id
    and notice_item.notice_step = notice_keys.step
    and notice_item.cycle = notice_keys.cycle
left join invoice on notice_item.invoice_id = invoice.invoice_id
order by notice_keys.notice_id, notice_item.due_date, notice_item.invoice_id,
    notice_item.instalment_no
