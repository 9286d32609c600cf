-- Two keys are the same but for capitals: two rows of the ledger, or one that was typed twice.
-- Grain: customer
-- Reads: customer
-- Writes: warning
with folded_keys as (
    select lower(customer.customer_id) as folded_key
    from customer
    group by folded_key
    having count(*) > 1
)

select customer.customer_id as row_key
from customer
inner join folded_keys on lower(customer.customer_id) = folded_keys.folded_key
