-- What was checked, by every stage.
-- Grain: check
-- Reads: check_result
-- Writes: check_result
select
    check_result.as_of_date,
    check_result.legal_entity_id,
    check_result.stage,
    check_result.check_id,
    check_result.subject,
    check_result.outcome,
    check_result.rows_checked,
    check_result.rows_failed,
    check_result.reason_code,
    check_result.because,
from check_result
