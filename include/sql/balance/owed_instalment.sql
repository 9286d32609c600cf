-- Instalments of which something is owed on the day.
-- Grain: invoice and instalment
-- Reads: schedule, allocation_applied
-- Writes: owed_instalment
with applied_amounts as (
    select
        allocation_applied.invoice_id,
        allocation_applied.instalment_no,
        sum(allocation_applied.applied_amount) as applied_amount,
    from allocation_applied
    group by allocation_applied.invoice_id, allocation_applied.instalment_no
),

owed_amounts as (
    select
        schedule.*,
        case
            when $open_amounts_from_source
                then coalesce(schedule.source_open_amount, schedule.amount)
            else schedule.amount - coalesce(applied_amounts.applied_amount, 0)
        end as open_amount,
    from schedule
    left join applied_amounts
        on schedule.invoice_id = applied_amounts.invoice_id
        and schedule.instalment_no = applied_amounts.instalment_no
)

select
    owed_amounts.* exclude (open_amount),
    cast(owed_amounts.open_amount as decimal(18, 4)) as open_amount,
from owed_amounts
where owed_amounts.open_amount > 0
