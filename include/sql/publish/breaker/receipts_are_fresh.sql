-- The newest receipt is older than it ever is.
-- Grain: night
-- Reads: breaker_trend, night
-- Writes: check_result
with ages as (
    select
        night.open_amounts_from_source,
        breaker_trend.value as age,
        coalesce(breaker_trend.is_measured, false) as is_measured,
        coalesce(breaker_trend.nights, 0) as nights,
        greatest(
            cast($receipts_age_max as integer),
            cast($receipts_age_factor as integer) * coalesce(breaker_trend.highest_value, 0)
        ) as age_max,
    from night
    left join breaker_trend on breaker_trend.measure = 'receipts_age'
)

select
    'receipt' as subject,
    case
        when ages.open_amounts_from_source then 'pass'
        when ages.nights < $history_nights_min then 'no_history'
        when not ages.is_measured or ages.age > ages.age_max then 'stop'
        else 'pass'
    end as outcome,
    case
        when ages.is_measured then 'newest ' || cast(ages.age as bigint) || ' business days old'
        else 'no receipt'
    end || '; trips above ' || cast(ages.age_max as bigint) as finding,
from ages
