-- On the last business day hardly any money came in.
-- Grain: night
-- Reads: breaker_trend, night
-- Writes: check_result
with counts as (
    select
        night.open_amounts_from_source,
        breaker_trend.value as receipts,
        coalesce(breaker_trend.nights, 0) as nights,
        coalesce(breaker_trend.median_value, 0) as usual_receipts,
    from night
    left join breaker_trend on breaker_trend.measure = 'receipts_of_the_day'
)

select
    'receipt' as subject,
    case
        when counts.open_amounts_from_source then 'pass'
        when counts.nights < $history_nights_min then 'no_history'
        when counts.usual_receipts < $receipts_usual_min then 'pass'
        when counts.receipts < counts.usual_receipts * cast($receipts_share_min as decimal(9, 4))
            then 'stop'
        else 'pass'
    end as outcome,
    cast(counts.receipts as bigint) || ' on the last business day, usual are '
    || cast(counts.usual_receipts as bigint) || '; trips below '
    || cast(round(100 * $receipts_share_min) as bigint) || ' %, where '
    || cast($receipts_usual_min as varchar) || ' are usual' as finding,
from counts
