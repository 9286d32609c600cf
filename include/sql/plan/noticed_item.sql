-- The items of earlier nights' notices, as the outbox would list them.
-- Grain: notice and item
-- Reads: notice_item, notice
-- Writes: simulated_item
with notices as (
    select distinct
        notice.notice_id,
        notice.customer_id,
        notice.step,
        notice.cycle,
        notice.generation,
        notice.as_of_date,
    from notice
)

select
    notices.notice_id,
    notice_item.customer_id,
    notice_item.invoice_id,
    notice_item.instalment_no,
    notice_item.item_step as step,
    notice_item.notice_step,
    notice_item.cycle,
    notices.generation,
    notice_item.as_of_date,
from notice_item
inner join notices
    on notice_item.customer_id = notices.customer_id
    and notice_item.notice_step = notices.step
    and notice_item.cycle = notices.cycle
    and notice_item.as_of_date = notices.as_of_date
where notice_item.as_of_date < cast($before_date as date)
