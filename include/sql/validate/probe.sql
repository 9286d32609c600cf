-- Rows of a table that refers to no other.
-- Grain: landed row
-- Reads: checked
-- Writes: probe
select
    checked.*,
    cast(null as varchar) as held_customer_id,
from checked
