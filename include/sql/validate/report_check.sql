-- The rules, how many rows broke each and what became of those, broken ones first.
-- Grain: table and rule
-- Reads: check_result, warning
-- Writes: the validation report
with warned_rules as (
    select distinct warning.source_table, warning.reason_code
    from warning
)

select
    check_result.subject,
    check_result.check_id,
    check_result.rows_checked,
    check_result.rows_failed,
    check_result.reason_code,
    check_result.because,
    check_result.outcome <> 'pass' as is_odd,
    case
        when check_result.outcome = 'pass' then 'passed'
        when warned_rules.reason_code is not null then 'accepted with a warning'
        else 'quarantined'
    end as treatment,
from check_result
left join warned_rules
    on check_result.subject = warned_rules.source_table
    and check_result.reason_code = warned_rules.reason_code
where check_result.stage = 'validate'
    and check_result.check_id <> 'rows_in_equal_rows_out'
order by check_result.rows_failed desc, check_result.subject, check_result.check_id
