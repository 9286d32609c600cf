-- How many notices of each step were decided, and how many days past due the oldest item of the middle
-- one was, on either side.
-- Grain: step
-- Reads: before_notice_item, after_notice_item
-- Writes: nothing
with items as (
    select 'before' as side, before_notice_item.* from before_notice_item
    union all by name
    select 'after' as side, after_notice_item.* from after_notice_item
),

notices as (
    select
        items.side,
        items.notice_step as step,
        items.customer_id,
        items.cycle,
        items.as_of_date,
        max(items.days_past_due) as days_past_due,
    from items
    group by items.side, items.notice_step, items.customer_id, items.cycle, items.as_of_date
)

select
    notices.step,
    cast(count(*) filter (notices.side = 'before') as integer) as notices_before,
    cast(count(*) filter (notices.side = 'after') as integer) as notices_after,
    quantile_disc(notices.days_past_due, 0.5) filter (notices.side = 'before')
        as days_past_due_before,
    quantile_disc(notices.days_past_due, 0.5) filter (notices.side = 'after')
        as days_past_due_after,
from notices
group by notices.step
order by notices.step
