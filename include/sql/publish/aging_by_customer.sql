-- What each customer owes by age, its credits apart, and the net.
-- Grain: customer and currency
-- Reads: open_item, credit_item
-- Writes: aging_by_customer
with amounts as (
    select
        open_item.customer_id,
        open_item.currency,
        open_item.aging_bucket,
        open_item.open_amount,
        cast(0 as decimal(18, 4)) as credit_amount,
    from open_item
    where open_item.document_type <> 'interest_claim'

    union all

    select
        credit_item.customer_id,
        credit_item.currency,
        cast(null as varchar) as aging_bucket,
        cast(0 as decimal(18, 4)) as open_amount,
        credit_item.amount as credit_amount,
    from credit_item
),

sums as (
    select
        amounts.customer_id,
        amounts.currency,
        coalesce(sum(amounts.open_amount) filter (where amounts.aging_bucket = 'current'), 0)
            as current_amount,
        coalesce(sum(amounts.open_amount) filter (where amounts.aging_bucket = '1-30'), 0)
            as days_1_30_amount,
        coalesce(sum(amounts.open_amount) filter (where amounts.aging_bucket = '31-60'), 0)
            as days_31_60_amount,
        coalesce(sum(amounts.open_amount) filter (where amounts.aging_bucket = '61-90'), 0)
            as days_61_90_amount,
        coalesce(sum(amounts.open_amount) filter (where amounts.aging_bucket = '91-120'), 0)
            as days_91_120_amount,
        coalesce(sum(amounts.open_amount) filter (where amounts.aging_bucket = '121-180'), 0)
            as days_121_180_amount,
        coalesce(sum(amounts.open_amount) filter (where amounts.aging_bucket = '181-365'), 0)
            as days_181_365_amount,
        coalesce(sum(amounts.open_amount) filter (where amounts.aging_bucket = 'over 365'), 0)
            as days_over_365_amount,
        sum(amounts.open_amount) as open_amount,
        coalesce(sum(amounts.open_amount) filter (where amounts.aging_bucket <> 'current'), 0)
            as overdue_amount,
        sum(amounts.credit_amount) as credit_amount,
    from amounts
    group by amounts.customer_id, amounts.currency
)

select
    cast($as_of_date as date) as as_of_date,
    $legal_entity_id as legal_entity_id,
    sums.customer_id,
    sums.currency,
    cast(sums.current_amount as decimal(18, 4)) as current_amount,
    cast(sums.days_1_30_amount as decimal(18, 4)) as days_1_30_amount,
    cast(sums.days_31_60_amount as decimal(18, 4)) as days_31_60_amount,
    cast(sums.days_61_90_amount as decimal(18, 4)) as days_61_90_amount,
    cast(sums.days_91_120_amount as decimal(18, 4)) as days_91_120_amount,
    cast(sums.days_121_180_amount as decimal(18, 4)) as days_121_180_amount,
    cast(sums.days_181_365_amount as decimal(18, 4)) as days_181_365_amount,
    cast(sums.days_over_365_amount as decimal(18, 4)) as days_over_365_amount,
    cast(sums.open_amount as decimal(18, 4)) as open_amount,
    cast(sums.overdue_amount as decimal(18, 4)) as overdue_amount,
    cast(sums.credit_amount as decimal(18, 4)) as credit_amount,
    cast(sums.open_amount + sums.credit_amount as decimal(18, 4)) as net_amount,
from sums
