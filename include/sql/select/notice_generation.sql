-- Tonight's notices, with how many earlier ones there were for the same step and cycle (they came to
-- nothing: failed, expired or withdrawn).
-- Grain: notice
-- Reads: notice_item, notice_history
-- Writes: notice_key
with earlier_notices as (
    select
        notice_history.customer_id,
        notice_history.notice_step as step,
        notice_history.cycle,
        count(distinct notice_history.notice_id) as notices,
    from notice_history
    group by notice_history.customer_id, notice_history.notice_step, notice_history.cycle
)

select distinct
    notice_item.customer_id,
    notice_item.notice_step as step,
    notice_item.cycle,
    cast(coalesce(earlier_notices.notices, 0) as integer) as generation,
from notice_item
left join earlier_notices
    on notice_item.customer_id = earlier_notices.customer_id
    and notice_item.notice_step = earlier_notices.step
    and notice_item.cycle = earlier_notices.cycle
order by notice_item.customer_id, step, notice_item.cycle
