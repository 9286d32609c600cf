-- Many more items are overdue than ever.
-- Grain: night
-- Reads: breaker_trend
-- Writes: check_result
with counts as (
    select
        breaker_trend.value as items,
        breaker_trend.nights,
        floor(greatest(
            $overdue_items_min, $overdue_factor * coalesce(breaker_trend.highest_value, 0)
        )) as items_max,
    from breaker_trend
    where breaker_trend.measure = 'overdue_items'
)

select
    'open_item' as subject,
    case
        when counts.nights < $history_nights_min then 'no_history'
        when counts.items > counts.items_max then 'stop'
        else 'pass'
    end as outcome,
    cast(counts.items as bigint) || ' overdue; trips above ' || cast(counts.items_max as bigint)
        as finding,
from counts
