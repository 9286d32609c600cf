-- A small Brazilian customer without agreement, to whom planted bad rows do least harm.
-- Grain: one row
-- Reads: demo_customer, demo_agreement
-- Writes: nothing
select demo_customer.customer_id,
from demo_customer
left join demo_agreement on demo_customer.customer_id = demo_agreement.customer_id
where demo_customer.legal_entity_id = 'BR' and demo_agreement.customer_id is null
order by demo_customer.customer_no desc
limit 1
