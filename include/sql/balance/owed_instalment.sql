-- Instalments of which something is owed on the day: principal, or what is left of a late payment.
-- Grain: invoice and instalment
-- Reads: schedule, allocation_applied
-- Writes: owed_instalment
with applied_amounts as (
    select
        allocation_applied.invoice_id,
        allocation_applied.instalment_no,
        sum(allocation_applied.applied_amount) as applied_amount,
        max(allocation_applied.allocation_date) filter (
            where allocation_applied.source_type = 'receipt'
        ) as last_paid_on,
        bool_or(allocation_applied.source_type = 'write_off') as is_written_off,
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
        coalesce(
            not applied_amounts.is_written_off
            and applied_amounts.last_paid_on > schedule.due_date
            and applied_amounts.last_paid_on
            > cast($as_of_date as date) - cast($residual_claim_days as integer),
            false
        ) as is_lately_paid,
    from schedule
    left join applied_amounts
        on schedule.invoice_id = applied_amounts.invoice_id
        and schedule.instalment_no = applied_amounts.instalment_no
)

select
    row_number() over () as item_no,
    owed_amounts.* exclude (open_amount, is_lately_paid),
    cast(owed_amounts.open_amount as decimal(18, 4)) as open_amount,
    owed_amounts.open_amount <= 0 as is_interest_claim,
from owed_amounts
where owed_amounts.open_amount > 0
    or owed_amounts.is_lately_paid
