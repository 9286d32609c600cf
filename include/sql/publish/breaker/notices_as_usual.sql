-- Many more notices than there ever are.
-- Grain: night
-- Reads: breaker_trend
-- Writes: check_result
with counts as (
    select
        breaker_trend.value as notices,
        breaker_trend.nights,
        greatest(
            $notices_min, $notices_factor * coalesce(breaker_trend.highest_value, 0)
        ) as notices_max,
    from breaker_trend
    where breaker_trend.measure = 'notices'
)

select
    'notice' as subject,
    case
        when counts.nights < $history_nights_min then 'no_history'
        when counts.notices > counts.notices_max then 'stop'
        else 'pass'
    end as outcome,
    cast(counts.notices as bigint) || ' notices; trips above '
    || cast(counts.notices_max as bigint) as finding,
from counts
