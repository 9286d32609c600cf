-- Fingerprints that more or fewer rows of a table have than in the extract before.
-- Grain: row_fingerprint
-- Reads: known_row, fresh_row
-- Writes: changed_fingerprint
with both_rows as (
    select row_fingerprint, 1 as known, 0 as now,
    from known_row
    union all
    select row_fingerprint, 0 as known, 1 as now,
    from fresh_row
)

select
    row_fingerprint,
    sum(known) as rows_known,
    sum(now) as rows_now,
from both_rows
group by row_fingerprint
having sum(known) <> sum(now)
