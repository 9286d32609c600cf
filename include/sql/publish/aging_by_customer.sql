-- What each customer owes by age, its credits apart, and the net. Which bucket is in which column,
-- and what its bounds are, is said in the table of buckets alone.
-- Grain: customer and currency
-- Reads: open_item, credit_item, aging_bucket
-- Writes: aging_by_customer
with amounts as (
    select
        open_item.customer_id,
        open_item.currency,
        aging_bucket.amount_column,
        aging_bucket.days_from > 0 as is_overdue,
        open_item.open_amount,
        cast(0 as decimal(38, 4)) as credit_amount,
    from open_item
    left join aging_bucket on open_item.aging_bucket = aging_bucket.aging_bucket
    where open_item.document_type <> 'interest_claim'

    union all

    select
        credit_item.customer_id,
        credit_item.currency,
        cast(null as varchar) as amount_column,
        false as is_overdue,
        cast(0 as decimal(18, 4)) as open_amount,
        credit_item.amount as credit_amount,
    from credit_item
),

sums as (
    select
        amounts.customer_id,
        amounts.currency,
        sum(amounts.open_amount) filter (where amounts.amount_column = 'current_amount')
            as current_amount,
        sum(amounts.open_amount) filter (where amounts.amount_column = 'days_1_30_amount')
            as days_1_30_amount,
        sum(amounts.open_amount) filter (where amounts.amount_column = 'days_31_60_amount')
            as days_31_60_amount,
        sum(amounts.open_amount) filter (where amounts.amount_column = 'days_61_90_amount')
            as days_61_90_amount,
        sum(amounts.open_amount) filter (where amounts.amount_column = 'days_91_120_amount')
            as days_91_120_amount,
        sum(amounts.open_amount) filter (where amounts.amount_column = 'days_121_180_amount')
            as days_121_180_amount,
        sum(amounts.open_amount) filter (where amounts.amount_column = 'days_181_365_amount')
            as days_181_365_amount,
        sum(amounts.open_amount) filter (where amounts.amount_column = 'days_over_365_amount')
            as days_over_365_amount,
        sum(amounts.open_amount) as open_amount,
        sum(amounts.open_amount) filter (where amounts.is_overdue) as overdue_amount,
        sum(amounts.credit_amount) as credit_amount,
    from amounts
    group by amounts.customer_id, amounts.currency
)

select
    cast($as_of_date as date) as as_of_date,
    $legal_entity_id as legal_entity_id,
    sums.customer_id,
    sums.currency,
    cast(coalesce(sums.current_amount, 0) as decimal(38, 4)) as current_amount,
    cast(coalesce(sums.days_1_30_amount, 0) as decimal(38, 4)) as days_1_30_amount,
    cast(coalesce(sums.days_31_60_amount, 0) as decimal(38, 4)) as days_31_60_amount,
    cast(coalesce(sums.days_61_90_amount, 0) as decimal(38, 4)) as days_61_90_amount,
    cast(coalesce(sums.days_91_120_amount, 0) as decimal(38, 4)) as days_91_120_amount,
    cast(coalesce(sums.days_121_180_amount, 0) as decimal(38, 4)) as days_121_180_amount,
    cast(coalesce(sums.days_181_365_amount, 0) as decimal(38, 4)) as days_181_365_amount,
    cast(coalesce(sums.days_over_365_amount, 0) as decimal(38, 4)) as days_over_365_amount,
    cast(coalesce(sums.open_amount, 0) as decimal(38, 4)) as open_amount,
    cast(coalesce(sums.overdue_amount, 0) as decimal(38, 4)) as overdue_amount,
    cast(coalesce(sums.credit_amount, 0) as decimal(38, 4)) as credit_amount,
    cast(sums.open_amount + sums.credit_amount as decimal(38, 4)) as net_amount,
from sums
