-- What each breaker measured, and its limit.
-- Grain: breaker and subject
-- Reads: check_result
-- Writes: the status
select
    check_result.check_id,
    check_result.subject,
    check_result.outcome,
    check_result.because,
from check_result
where check_result.stage = 'publish' and check_result.subject <> 'audit'
order by check_result.check_id, check_result.subject
