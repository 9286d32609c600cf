-- Many more notices of the last step than there ever are.
-- Grain: night
-- Reads: breaker_trend
-- Writes: check_result
with counts as (
    select
        breaker_trend.value as notices,
        breaker_trend.nights,
        greatest(
            $final_steps_min, $final_steps_factor * coalesce(breaker_trend.highest_value, 0)
        ) as notices_max,
    from breaker_trend
    where breaker_trend.measure = 'final_steps'
)

select
    'notice' as subject,
    case
        when counts.nights < $history_nights_min then 'no_history'
        when counts.notices > counts.notices_max then 'stop'
        else 'pass'
    end as outcome,
    cast(counts.notices as bigint) || ' notices of the last step; trips above '
    || cast(counts.notices_max as bigint) as finding,
from counts
