-- How the interest of the items of tonight's letters was worked out, the earliest days first.
-- Grain: open item selected and segment
-- Reads: interest_segment, notice_item, notice
-- Writes: the outbox
with notice_keys as (
    select distinct notice.notice_id, notice.customer_id, notice.step, notice.cycle
    from notice
)

select
    notice_keys.notice_id,
    interest_segment.invoice_id,
    interest_segment.instalment_no,
    interest_segment.from_date,
    interest_segment.until_date,
    interest_segment.days,
    interest_segment.base_amount,
    interest_segment.annual_rate_percent,
    interest_segment.interest_amount,
    interest_segment.legal_basis,
    coalesce(interest_segment.needs_confirmation, false) as needs_confirmation,
from interest_segment
inner join notice_item
    on interest_segment.invoice_id = notice_item.invoice_id
    and interest_segment.instalment_no = notice_item.instalment_no
inner join notice_keys
    on notice_item.customer_id = notice_keys.customer_id
    and notice_item.notice_step = notice_keys.step
    and notice_item.cycle = notice_keys.cycle
order by notice_keys.notice_id, interest_segment.invoice_id, interest_segment.instalment_no,
    interest_segment.segment_no
