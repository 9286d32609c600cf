-- No customer is asked for more than it owes after all that stands to its credit.
-- Grain: customer and currency asked for too much
-- Reads: notice, aging_by_customer
-- Writes: check_result
with demanded_amounts as (
    select notice.customer_id, notice.currency, sum(notice.demanded_amount) as demanded_amount
    from notice
    group by notice.customer_id, notice.currency
)

select
    demanded_amounts.customer_id || ' ' || demanded_amounts.currency as subject,
    demanded_amounts.demanded_amount,
    coalesce(aging_by_customer.net_amount, 0) as net_amount,
from demanded_amounts
left join aging_by_customer
    on demanded_amounts.customer_id = aging_by_customer.customer_id
    and demanded_amounts.currency = aging_by_customer.currency
where demanded_amounts.demanded_amount > coalesce(aging_by_customer.net_amount, 0)
