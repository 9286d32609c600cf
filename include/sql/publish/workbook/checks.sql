-- What was checked, failures first.
-- Grain: check
-- Reads: check_result
-- Writes: the workbook
select check_result.* exclude (as_of_date, legal_entity_id)
from check_result
order by
    check_result.outcome = 'pass',
    check_result.stage,
    check_result.subject,
    check_result.check_id,
    check_result.reason_code
limit $rows_max
