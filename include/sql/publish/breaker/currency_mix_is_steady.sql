-- A currency's share of the open items moved.
-- Grain: currency
-- Reads: breaker_trend, night
-- Writes: check_result
-- Of few items chance moves more: the limit widens with the root of how few they are.
with shares as (
    select
        breaker_trend.subject as currency,
        breaker_trend.nights,
        breaker_trend.value / nullif(sum(breaker_trend.value) over (), 0) as share,
        breaker_trend.latest_value / nullif(sum(breaker_trend.latest_value) over (), 0)
            as earlier_share,
        $currency_mix_max * greatest(
            1, sqrt($small_number_items / greatest(sum(breaker_trend.latest_value) over (), 1))
        ) as moved_max,
    from breaker_trend
    where breaker_trend.measure = 'open_items'
)

select
    coalesce(shares.currency, 'open_item') as subject,
    case
        when night.earlier_date is null or shares.nights = 0 then 'no_history'
        when abs(shares.share - shares.earlier_share) > shares.moved_max then 'stop'
        else 'pass'
    end as outcome,
    coalesce(
        round(100 * shares.share, 1) || ' % of the open items' || coalesce(
            ', in the last sound night ' || round(100 * shares.earlier_share, 1) || ' %',
            ''
        ) || '; trips if moved by more than ' || cast(round(100 * shares.moved_max) as bigint)
        || ' points',
        'nothing owed'
    ) as finding,
from night
left join shares on true
