-- Per currency, the buckets of all customers sum to all open items, to the cent.
-- Grain: currency that differs
-- Reads: aging_by_customer, open_item
-- Writes: check_result
with amounts as (
    select
        aging_by_customer.currency,
        aging_by_customer.current_amount + aging_by_customer.days_1_30_amount
        + aging_by_customer.days_31_60_amount + aging_by_customer.days_61_90_amount
        + aging_by_customer.days_91_120_amount + aging_by_customer.days_121_180_amount
        + aging_by_customer.days_181_365_amount + aging_by_customer.days_over_365_amount
            as amount,
    from aging_by_customer
    union all
    select open_item.currency, -open_item.open_amount as amount
    from open_item
)

select
    amounts.currency as subject,
    sum(amounts.amount) as difference,
from amounts
group by amounts.currency
having sum(amounts.amount) <> 0
