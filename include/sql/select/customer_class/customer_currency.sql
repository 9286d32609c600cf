-- The currency of a customer's limit, profit, revenue and promises: its own in the ERP, else that of
-- most of its documents, else the legal entity's.
-- Grain: customer
-- Reads: customer, billed, class_setting
-- Writes: customer_currency
with billed_most as (
    select
        billed.customer_id,
        arg_min(billed.currency, (-billed.documents, billed.currency)) as currency,
    from billed
    group by billed.customer_id
)

select
    customer.customer_id,
    coalesce(customer.currency, billed_most.currency, class_setting.entity_currency) as currency,
from customer
left join billed_most on customer.customer_id = billed_most.customer_id
cross join class_setting
