-- What of each line item is spoken for by its links.
-- Grain: line item
-- Reads: links
-- Writes: nothing; a CTE of the SELECTs beside this folder
select bukrs, credit_item_id as item_id, sum(amount) as linked_amount
from links
group by bukrs, credit_item_id
union all
select bukrs, debit_item_id as item_id, sum(amount) as linked_amount
from links
group by bukrs, debit_item_id
