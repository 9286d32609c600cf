-- What the customer will pay, short-pay or never pay, and what will be credited; a view.
-- Grain: i
-- Reads: demo_document
-- Writes: demo_plan
with
credited_documents as (
    select
        *,
        case
            when demo_slice(payment_draw, 5) < 31 and not is_grouped and instalment_count = 1
                and document_type = 'invoice' and cancelled_on is null
                then demo_business_day(posting_date, 5 + demo_slice(event_draw, 0) % 36)
        end as planned_credit_on,
        demo_happened(planned_credit_on, until) as credit_on,
        case
            when credit_on is null then 0
            when demo_slice(payment_draw, 5) < 6 then gross_cents
            else demo_whole(gross_cents * (5 + demo_slice(event_draw, 0) % 36) // 100, unit)
        end as credit_cents,
        case when demo_slice(payment_draw, 5) % 10 <> 9 then credit_cents else 0 end
            as credit_to_allocate,
        credit_on + cast(demo_slice(event_draw, 4) % 4 as integer) as planned_credit_allocated_on,
        gross_cents - credit_to_allocate as payable_cents,
    from demo_document
)

select
    *,
    case
        when cancelled_on is not null or payable_cents = 0 then 'none'
        when is_grouped then 'full'
        when demo_slice(payment_draw, 0) < 15 then 'never'
        when demo_slice(payment_draw, 0) < 97 then 'partial'
        else 'full'
    end as payment_plan,
    instalment_count > 1 and demo_slice(payment_draw, 3) % 10 < 3 as is_waterfall,
    demo_whole(gross_cents // instalment_count, unit) as instalment_cents,
    payment_plan = 'full' and instalment_count = 1 and not is_grouped as is_plain,
    demo_slice(event_draw, 3) as incident,
    case when is_plain and incident between 13 and 20 then 200 else 0 end as short_cents,
    payment_plan = 'full' or (payment_plan = 'partial' and demo_slice(event_draw, 1) >= 307)
        as pays_the_rest,
    case
        when payment_plan in ('none', 'never') then 0
        when instalment_count > 1 and is_waterfall
            then instalment_cents + demo_whole(instalment_cents // 2, unit)
        when instalment_count > 1 then instalment_cents
        when payment_plan = 'partial'
            then demo_whole(payable_cents * (30 + demo_slice(event_draw, 0) % 41) // 100, unit)
        else payable_cents - short_cents
    end as planned_cents_1,
    case
        when not pays_the_rest then 0
        when instalment_count = 3 and not is_waterfall then instalment_cents
        when instalment_count > 1 or payment_plan = 'partial'
            then payable_cents - planned_cents_1
        else 0
    end as planned_cents_2,
    case
        when pays_the_rest and instalment_count = 3 and not is_waterfall
            then payable_cents - planned_cents_1 - planned_cents_2
        else 0
    end as planned_cents_3,
from credited_documents
