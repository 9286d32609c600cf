-- Keys that more than one landed row carries, and whether the rows disagree.
-- Grain: row_key
-- Reads: landed
-- Writes: duplicate_key
select
    landed.row_key,
    min(landed.source_row) as first_source_row,
    min(landed.row_content) <> max(landed.row_content) as is_conflicting
from landed
where landed.has_whole_key
group by landed.row_key
having count(*) > 1
