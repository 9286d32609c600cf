-- What is left of each line item after its links.
-- Grain: line item
-- Reads: items, linked_amounts
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    items.*,
    items.amount - coalesce(linked_amounts.linked_amount, 0) as rest_amount
from items
left join linked_amounts
    on items.bukrs = linked_amounts.bukrs
    and items.item_id = linked_amounts.item_id
