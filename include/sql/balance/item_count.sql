-- How many items are open, and how many of late payments are left with interest alone.
-- Grain: one row
-- Reads: open_item
-- Writes: progress lines
select
    count(*) filter (where open_item.document_type <> 'interest_claim') as open_items,
    count(*) filter (where open_item.document_type = 'interest_claim') as interest_claims,
from open_item
