-- Invoices and debit notes with all that became of them up to the last day of the data.
-- Grain: i
-- Reads: demo_plan
-- Writes: demo_invoice
with
dated_payments as (
    select
        *,
        demo_business_day(
            greatest(first_due_date + cast(days_late as integer), issue_date + 1), 0
        ) as planned_on_1,
        case
            when instalment_count = 1
                then demo_business_day(planned_on_1, 10 + demo_slice(event_draw, 1) % 50)
            when is_waterfall
                then demo_business_day(greatest(due_date, planned_on_1), days_late + 3)
            else demo_business_day(planned_on_1, 30 + demo_slice(event_draw, 0) % 5)
        end as planned_on_2,
        demo_business_day(planned_on_2, 30 + demo_slice(event_draw, 0) % 9) as planned_on_3,
        cast(greatest(0, demo_slice(event_draw, 4) % 8 - 4) as integer) as allocation_delay,
        case
            when payment_plan = 'never' and instalment_count = 1
                and demo_slice(event_draw, 2) < 256
                then demo_business_day(first_due_date, 270 + demo_slice(event_draw, 1) % 90)
            when short_cents > 0 then planned_on_1 + allocation_delay
        end as planned_write_off_on,
        case when payment_plan = 'never' then payable_cents else short_cents end
            as planned_write_off_cents,
        case
            when is_plain and incident < 8
                then demo_whole(payable_cents * (5 + demo_slice(event_draw, 1) % 16) // 100, unit)
            else 0
        end as planned_extra_cents,
        case
            when is_plain and incident between 8 and 12
                then demo_business_day(
                    planned_on_1, allocation_delay + 5 + demo_slice(event_draw, 1) % 20
                )
        end as planned_reversal_on,
        case when incident % 2 = 0 then demo_business_day(planned_reversal_on, 2) end
            as planned_repeat_on,
        case when incident >= 1020 then demo_business_day(posting_date, 10) end
            as planned_on_account_on,
    from demo_plan
),

happened as (
    select
        *,
        case when planned_on_1 <= until then planned_cents_1 else 0 end as cents_1,
        case when planned_on_2 <= until then planned_cents_2 else 0 end as cents_2,
        case when planned_on_3 <= until then planned_cents_3 else 0 end as cents_3,
        case when cents_1 > 0 then planned_on_1 end as paid_on_1,
        case when cents_2 > 0 then planned_on_2 end as paid_on_2,
        case when cents_3 > 0 then planned_on_3 end as paid_on_3,
        demo_happened(paid_on_1 + allocation_delay, until) as allocated_on_1,
        demo_happened(paid_on_2 + allocation_delay, until) as allocated_on_2,
        demo_happened(paid_on_3 + allocation_delay, until) as allocated_on_3,
        demo_happened(planned_reversal_on, until) as reversed_on,
        demo_happened(planned_repeat_on, until) as repeated_on,
        case
            when credit_to_allocate > 0 then demo_happened(planned_credit_allocated_on, until)
        end as credit_allocated_on,
        demo_happened(planned_write_off_on, until) as write_off_on,
        demo_happened(planned_on_account_on, until) as on_account_on,
    from dated_payments
)

select
    i,
    is_grouped,
    is_second,
    legal_entity_id,
    number_in_year,
    customer_no,
    customer_id,
    currency,
    culture_no,
    unit,
    document_type,
    issue_date,
    posting_date,
    cancelled_on,
    instalment_count,
    instalment_cents,
    is_waterfall,
    first_due_date,
    due_date,
    gross_cents,
    partner_cents,
    credit_on,
    credit_cents,
    credit_allocated_on,
    cents_1,
    cents_2,
    cents_3,
    case when cents_1 > 0 then planned_extra_cents else 0 end as extra_cents,
    paid_on_1,
    paid_on_2,
    paid_on_3,
    allocated_on_1,
    allocated_on_2,
    allocated_on_3,
    reversed_on,
    repeated_on,
    write_off_on,
    case when write_off_on is not null then planned_write_off_cents else 0 end as write_off_cents,
    on_account_on,
    case
        when allocated_on_1 is null or (reversed_on is not null and repeated_on is null) then 0
        else cents_1
    end as settled_cents_1,
    case when allocated_on_2 is null then 0 else cents_2 end as settled_cents_2,
    case when allocated_on_3 is null then 0 else cents_3 end as settled_cents_3,
    case when credit_allocated_on is null then 0 else credit_cents end as settled_credit_cents,
    case when cancelled_on is null then gross_cents else 0 end
        - settled_cents_1 - settled_cents_2 - settled_cents_3 - settled_credit_cents
        - write_off_cents as open_cents,
    event_draw,
from happened
