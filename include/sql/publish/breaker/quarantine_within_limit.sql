-- Too many rows of a table failed at the border.
-- Grain: table
-- Reads: quarantine, breaker_measure
-- Writes: check_result
with failures as (
    select
        quarantine.source_table as subject,
        count(distinct (quarantine.source_row, quarantine.row_key)) as quarantined,
    from quarantine
    group by quarantine.source_table
),

counts as (
    select
        coalesce(failures.subject, breaker_measure.subject) as subject,
        coalesce(failures.quarantined, 0) as quarantined,
        coalesce(failures.quarantined, 0) + coalesce(cast(breaker_measure.value as bigint), 0)
            as row_count,
    from failures
    full outer join (select * from breaker_measure where measure = 'rows') as breaker_measure
        on failures.subject = breaker_measure.subject
),

limits as (
    select
        counts.*,
        greatest($quarantined_rows_min, floor(counts.row_count * $quarantined_warn)) as warn_max,
        greatest(
            $quarantined_rows_min,
            floor(counts.row_count * case
                when counts.subject in ('receipt', 'allocation') then $quarantined_money_stop
                else $quarantined_stop
            end)
        ) as stop_max,
    from counts
)

select
    limits.subject,
    case
        when limits.quarantined > limits.stop_max then 'stop'
        when limits.quarantined > limits.warn_max then 'warn'
        else 'pass'
    end as outcome,
    limits.quarantined || ' of ' || limits.row_count || ' rows in quarantine; trips above '
    || cast(limits.stop_max as bigint) as finding,
from limits
order by limits.subject
