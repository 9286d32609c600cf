-- The rows of a table that lies in parts: those that no later part calls gone.
-- Grain: landed row
-- Reads: part_row, gone_row
-- Writes: landed_row
with last_gone as (
    select
        row_fingerprint,
        max(part) as part,
    from gone_row
    group by row_fingerprint
)

select part_row.* exclude (part),
from part_row
left join last_gone on part_row.row_fingerprint = last_gone.row_fingerprint
where last_gone.part is null or last_gone.part <= part_row.part
