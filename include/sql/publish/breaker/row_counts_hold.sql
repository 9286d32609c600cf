-- A table lost a large part of its rows overnight.
-- Grain: table
-- Reads: breaker_trend
-- Writes: check_result
with counts as (
    select
        breaker_trend.subject,
        breaker_trend.nights,
        breaker_trend.value as row_count,
        breaker_trend.latest_value as earlier_row_count,
        greatest(
            $lost_rows_min, floor($lost_rows_share * coalesce(breaker_trend.latest_value, 0))
        ) as lost_max,
    from breaker_trend
    where breaker_trend.measure = 'rows'
)

select
    counts.subject,
    case
        when counts.nights = 0 then 'no_history'
        when counts.earlier_row_count - counts.row_count > counts.lost_max then 'stop'
        else 'pass'
    end as outcome,
    cast(counts.row_count as bigint) || ' rows' || coalesce(
        ', in the last sound night ' || cast(counts.earlier_row_count as bigint),
        ''
    ) || '; trips if more than ' || cast(counts.lost_max as bigint) || ' are gone' as finding,
from counts
order by counts.subject
