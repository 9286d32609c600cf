-- The rules and how many rows broke each, broken ones first.
-- Grain: table and rule
-- Reads: check_result
-- Writes: the validation report
select
    check_result.subject,
    check_result.check_id,
    check_result.outcome,
    check_result.rows_checked,
    check_result.rows_failed,
    check_result.reason_code,
    check_result.because,
from check_result
where check_result.check_id <> 'rows_in_equal_rows_out'
order by check_result.rows_failed desc, check_result.subject, check_result.check_id
