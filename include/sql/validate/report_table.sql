-- What became of each table's rows, in a sentence each.
-- Grain: table
-- Reads: check_result
-- Writes: the validation report
select
    check_result.subject,
    check_result.because as sentence,
from check_result
where check_result.check_id = 'rows_in_equal_rows_out'
order by check_result.subject
