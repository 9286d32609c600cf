-- Fingerprints that more or fewer rows of a table have than in the extract before.
-- Grain: row_fingerprint
-- Reads: known_row, fresh_row
-- Writes: changed_fingerprint
with known_counts as (
    select
        row_fingerprint,
        count(*) as row_count,
    from known_row
    group by row_fingerprint
),

fresh_counts as (
    select
        row_fingerprint,
        count(*) as row_count,
    from fresh_row
    group by row_fingerprint
)

select
    row_fingerprint,
    coalesce(known_counts.row_count, 0) as rows_known,
    coalesce(fresh_counts.row_count, 0) as rows_now,
from known_counts
full join fresh_counts using (row_fingerprint)
where known_counts.row_count is distinct from fresh_counts.row_count
