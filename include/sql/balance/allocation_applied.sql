-- What each allocation paid of each instalment: as it says, and else the oldest due first.
-- Grain: allocation and instalment
-- Reads: schedule, allocation
-- Writes: allocation_applied
with dated_allocations as (
    select allocation.*
    from allocation
    semi join schedule on allocation.invoice_id = schedule.invoice_id
    where allocation.allocation_date <= $as_of_date
        and (allocation.reversed_on is null or allocation.reversed_on > $as_of_date)
),

named_allocations as (
    select
        dated_allocations.*,
        schedule.amount as instalment_amount,
        sum(dated_allocations.amount) over (
            partition by dated_allocations.invoice_id, dated_allocations.instalment_no
            order by dated_allocations.allocation_date, dated_allocations.allocation_id
        ) as amount_so_far,
    from dated_allocations
    inner join schedule
        on dated_allocations.invoice_id = schedule.invoice_id
        and dated_allocations.instalment_no = schedule.instalment_no
),

named_applications as (
    select
        named_allocations.allocation_id,
        named_allocations.invoice_id,
        named_allocations.instalment_no,
        named_allocations.allocation_date,
        named_allocations.source_type,
        named_allocations.amount,
        least(named_allocations.amount_so_far, named_allocations.instalment_amount)
        - least(
            named_allocations.amount_so_far - named_allocations.amount,
            named_allocations.instalment_amount
        ) as applied_amount,
    from named_allocations
),

pooled_allocations as (
    select
        dated_allocations.allocation_id,
        dated_allocations.invoice_id,
        dated_allocations.allocation_date,
        dated_allocations.source_type,
        dated_allocations.amount - coalesce(named_applications.applied_amount, 0) as amount,
    from dated_allocations
    left join named_applications
        on dated_allocations.allocation_id = named_applications.allocation_id
),

pool_spans as (
    select
        pooled_allocations.*,
        sum(pooled_allocations.amount) over (
            partition by pooled_allocations.invoice_id
            order by pooled_allocations.allocation_date, pooled_allocations.allocation_id
        ) as amount_until,
    from pooled_allocations
    where pooled_allocations.amount > 0
),

named_amounts as (
    select
        named_applications.invoice_id,
        named_applications.instalment_no,
        sum(named_applications.applied_amount) as applied_amount,
    from named_applications
    group by named_applications.invoice_id, named_applications.instalment_no
),

room_spans as (
    select
        schedule.invoice_id,
        schedule.instalment_no,
        schedule.amount - coalesce(named_amounts.applied_amount, 0) as room_amount,
        sum(schedule.amount - coalesce(named_amounts.applied_amount, 0)) over (
            partition by schedule.invoice_id
            order by schedule.due_date, schedule.instalment_no
        ) as room_until,
    from schedule
    left join named_amounts
        on schedule.invoice_id = named_amounts.invoice_id
        and schedule.instalment_no = named_amounts.instalment_no
),

pool_applications as (
    select
        pool_spans.allocation_id,
        pool_spans.invoice_id,
        room_spans.instalment_no,
        pool_spans.allocation_date,
        pool_spans.source_type,
        least(pool_spans.amount_until, room_spans.room_until)
        - greatest(
            pool_spans.amount_until - pool_spans.amount,
            room_spans.room_until - room_spans.room_amount
        ) as applied_amount,
    from pool_spans
    inner join room_spans
        on pool_spans.invoice_id = room_spans.invoice_id
        and pool_spans.amount_until - pool_spans.amount < room_spans.room_until
        and room_spans.room_until - room_spans.room_amount < pool_spans.amount_until
        and room_spans.room_amount > 0
),

applications as (
    select
        named_applications.allocation_id,
        named_applications.invoice_id,
        named_applications.instalment_no,
        named_applications.allocation_date,
        named_applications.source_type,
        named_applications.applied_amount,
    from named_applications
    where named_applications.applied_amount > 0

    union all

    select *
    from pool_applications
)

select
    applications.allocation_id,
    applications.invoice_id,
    applications.instalment_no,
    applications.allocation_date,
    applications.source_type,
    cast(sum(applications.applied_amount) as decimal(18, 4)) as applied_amount,
from applications
group by
    applications.allocation_id,
    applications.invoice_id,
    applications.instalment_no,
    applications.allocation_date,
    applications.source_type
