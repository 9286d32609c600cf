-- What some customers still owe.
-- Grain: one row
-- Reads: open_item
-- Writes: whether an erasure has to wait
select count(*) as items,
from open_item
where list_contains($customer_ids, open_item.customer_id)
