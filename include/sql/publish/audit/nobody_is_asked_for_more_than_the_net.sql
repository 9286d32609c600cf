-- No customer is asked for more than it owes after all that stands to its credit, nor for more
-- interest and compensation than its items bear.
-- Grain: customer and currency asked for too much
-- Reads: notice, aging_by_customer, open_item
-- Writes: check_result
with demanded_amounts as (
    select
        notice.customer_id,
        notice.currency,
        sum(notice.demanded_amount - notice.claimed_amount) as demanded_amount,
        sum(notice.claimed_amount) as claimed_amount,
    from notice
    group by notice.customer_id, notice.currency
),

borne_amounts as (
    select
        open_item.customer_id,
        open_item.currency,
        sum(coalesce(open_item.interest_amount, 0) + open_item.compensation_amount)
            as borne_amount,
    from open_item
    group by open_item.customer_id, open_item.currency
)

select
    demanded_amounts.customer_id || ' ' || demanded_amounts.currency as subject,
    demanded_amounts.demanded_amount,
    coalesce(aging_by_customer.net_amount, 0) as net_amount,
    demanded_amounts.claimed_amount,
    coalesce(borne_amounts.borne_amount, 0) as borne_amount,
from demanded_amounts
left join aging_by_customer
    on demanded_amounts.customer_id = aging_by_customer.customer_id
    and demanded_amounts.currency = aging_by_customer.currency
left join borne_amounts
    on demanded_amounts.customer_id = borne_amounts.customer_id
    and demanded_amounts.currency = borne_amounts.currency
where demanded_amounts.demanded_amount > coalesce(aging_by_customer.net_amount, 0)
    or demanded_amounts.claimed_amount > coalesce(borne_amounts.borne_amount, 0)
