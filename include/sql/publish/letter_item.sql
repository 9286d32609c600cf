-- The items of tonight's letters by e-mail.
-- Grain: open item selected
-- Reads: notice_item, notice
-- Writes: letter_item
with notice_keys as (
    select distinct notice.notice_id, notice.customer_id, notice.step, notice.cycle
    from notice
)

select
    notice_keys.notice_id as letter_id,
    notice_item.*,
from notice_item
inner join notice_keys
    on notice_item.customer_id = notice_keys.customer_id
    and notice_item.notice_step = notice_keys.step
    and notice_item.cycle = notice_keys.cycle
