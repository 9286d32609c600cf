-- The first rows that were accepted with a warning, for people to look at.
-- Grain: row of the ledger and reason
-- Reads: warning
-- Writes: the validation report
select
    warning.source_table,
    warning.row_key,
    warning.reason_code,
    warning.because,
    true as is_odd,
from warning
order by warning.source_table, warning.reason_code, warning.row_key
limit $listed_rows
