-- An unusually large part of what is overdue would be written about in one night.
-- Grain: night
-- Reads: breaker_trend
-- Writes: check_result
with counts as (
    select
        breaker_trend.nights,
        cast(breaker_trend.value as bigint) as contacted,
        cast(overdue_trend.value as bigint) as overdue,
        cast(floor(greatest(
            $contacted_items_min,
            overdue_trend.value * $contacted_share_max,
            $contacted_factor * coalesce(breaker_trend.highest_value, 0)
        )) as bigint) as contacted_max,
    from breaker_trend
    inner join breaker_trend as overdue_trend on overdue_trend.measure = 'overdue_items'
    where breaker_trend.measure = 'contacted_items'
)

select
    'notice' as subject,
    case
        when counts.nights < $history_nights_min then 'no_history'
        when counts.contacted > counts.contacted_max then 'stop'
        else 'pass'
    end as outcome,
    'letters about ' || counts.contacted || ' of ' || counts.overdue
    || ' overdue items; trips above ' || counts.contacted_max as finding,
from counts
