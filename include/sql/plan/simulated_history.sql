-- What the outbox would have done by a night, had another policy decided since a day: what was real
-- before that day, and since then what the policy decided. Such a notice has the fate of the real one
-- with the same key; one without counts as sent on the morning after. Where the real night decided the
-- same notice and it was not drafted, or drafted none of its notices at all (a backfill, a breaker, no
-- release), none was drafted under the policy, either.
-- Grain: notice and item
-- Reads: real_history, real_notice, simulated_item
-- Writes: notice_history
with fates as (
    select
        real_history.notice_id,
        any_value(real_history.state) as state,
        any_value(real_history.as_of_date) as as_of_date,
        any_value(real_history.acted_on - real_history.as_of_date) as days_until_acted,
    from real_history
    group by real_history.notice_id
),

decided_notices as (
    select distinct real_notice.as_of_date, real_notice.notice_id
    from real_notice
),

silent_nights as (
    select distinct decided_notices.as_of_date
    from decided_notices
    anti join real_history on decided_notices.as_of_date = real_history.as_of_date
),

drafted_items as (
    select
        simulated_item.*,
        fates.state,
        fates.days_until_acted,
    from simulated_item
    left join fates on simulated_item.notice_id = fates.notice_id
    left join decided_notices
        on simulated_item.notice_id = decided_notices.notice_id
        and simulated_item.as_of_date = decided_notices.as_of_date
    anti join silent_nights on simulated_item.as_of_date = silent_nights.as_of_date
    where decided_notices.notice_id is null
        or simulated_item.as_of_date = fates.as_of_date
)

select real_history.*
from real_history
where real_history.as_of_date < cast($from_date as date)

union all by name

select
    drafted_items.notice_id,
    drafted_items.customer_id,
    drafted_items.invoice_id,
    drafted_items.instalment_no,
    drafted_items.step,
    drafted_items.notice_step,
    drafted_items.cycle,
    drafted_items.generation,
    drafted_items.as_of_date,
    coalesce(drafted_items.state, 'sent') as state,
    drafted_items.as_of_date + cast(coalesce(drafted_items.days_until_acted, 1) as integer) as acted_on,
from drafted_items
