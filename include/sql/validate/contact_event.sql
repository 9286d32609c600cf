-- Contact events, and whether their customer is known.
-- Grain: landed row
-- Reads: checked, customer
-- Writes: probe
select
    checked.*,
    customer.customer_id is not null as customer_is_known,
    checked.customer_id as held_customer_id,
from checked
left join customer
    on checked.legal_entity_id = customer.legal_entity_id
    and checked.customer_id = customer.customer_id
