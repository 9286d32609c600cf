-- The total that is owed moved more than a day's business explains.
-- Grain: currency
-- Reads: breaker_trend, night
-- Writes: check_result
-- A month-end moves it far each month, but not to where it never is: both have to be so to trip.
-- Of few items chance moves more: the limits widen with the root of how few they are.
with totals as (
    select
        breaker_trend.subject as currency,
        breaker_trend.nights,
        breaker_trend.value,
        breaker_trend.latest_value,
        abs(breaker_trend.value - breaker_trend.latest_value)
        / nullif(breaker_trend.latest_value, 0) as moved,
        greatest(
            breaker_trend.value / nullif(breaker_trend.highest_value, 0) - 1,
            1 - breaker_trend.value / nullif(breaker_trend.lowest_value, 0),
            0
        ) as beyond_usual,
        greatest(1, sqrt($small_number_items / greatest(item_trend.latest_value, 1))) as widening,
    from breaker_trend
    inner join breaker_trend as item_trend
        on breaker_trend.subject = item_trend.subject
        and item_trend.measure = 'open_items'
    where breaker_trend.measure = 'open_total'
)

select
    coalesce(totals.currency, 'open_item') as subject,
    case
        when night.earlier_date is null or totals.nights = 0 then 'no_history'
        when totals.moved > $open_total_stop * totals.widening
            and totals.beyond_usual > $open_total_beyond * totals.widening
            then 'stop'
        when totals.moved > $open_total_warn * totals.widening then 'warn'
        else 'pass'
    end as outcome,
    coalesce(
        'owed ' || format('{:,.2f}', totals.value) || coalesce(
            ', in the last sound night ' || format('{:,.2f}', totals.latest_value)
            || ', moved by ' || round(100 * totals.moved, 1) || ' %, to '
            || round(100 * totals.beyond_usual, 1) || ' % beyond the usual',
            ''
        ) || '; trips above ' || cast(round(100 * $open_total_stop * totals.widening) as bigint)
        || ' %, and ' || cast(round(100 * $open_total_beyond * totals.widening) as bigint)
        || ' % beyond the usual',
        'nothing owed'
    ) as finding,
from night
left join totals on true
