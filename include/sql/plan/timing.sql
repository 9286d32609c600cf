-- How many notices of each step there are, and how many days past due the oldest item of the middle one
-- was, on either side. A notice that no night drafted, and a later one decided again, counts once.
-- Grain: step
-- Reads: before_notice, before_notice_item, after_notice, after_notice_item
-- Writes: nothing
with notices as (
    select 'before' as side, before_notice.* from before_notice
    union all by name
    select 'after' as side, after_notice.* from after_notice
),

items as (
    select 'before' as side, before_notice_item.* from before_notice_item
    union all by name
    select 'after' as side, after_notice_item.* from after_notice_item
),

timed_notices as (
    select
        notices.side,
        notices.step,
        notices.notice_id,
        max(items.days_past_due) as days_past_due,
    from notices
    inner join items
        on notices.side = items.side
        and notices.as_of_date = items.as_of_date
        and notices.customer_id = items.customer_id
        and notices.step = items.notice_step
        and notices.cycle = items.cycle
    group by notices.side, notices.step, notices.notice_id
)

select
    timed_notices.step,
    cast(count(*) filter (timed_notices.side = 'before') as integer) as notices_before,
    cast(count(*) filter (timed_notices.side = 'after') as integer) as notices_after,
    quantile_disc(timed_notices.days_past_due, 0.5) filter (timed_notices.side = 'before')
        as days_past_due_before,
    quantile_disc(timed_notices.days_past_due, 0.5) filter (timed_notices.side = 'after')
        as days_past_due_after,
from timed_notices
group by timed_notices.step
order by timed_notices.step
