-- How many open items are not dunned because data about them, or about their customer, is bad.
-- Grain: one row
-- Reads: open_item, customer_state
-- Writes: nothing
select count(*) as items
from open_item
left join customer_state on open_item.customer_id = customer_state.customer_id
where open_item.data_hold_reason is not null
    or customer_state.quarantine_reason_code is not null
