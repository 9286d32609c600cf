-- Invoices are of another size than they used to be.
-- Grain: currency
-- Reads: breaker_trend, night
-- Writes: check_result
-- Of few items chance moves more: the limit widens with the root of how few they are.
with medians as (
    select
        breaker_trend.subject as currency,
        breaker_trend.nights,
        breaker_trend.value,
        breaker_trend.median_value,
        breaker_trend.value / nullif(breaker_trend.median_value, 0) as ratio,
        pow(
            $median_factor,
            greatest(
                1,
                sqrt(
                    $small_number_items
                    / greatest(least(item_trend.value, item_trend.latest_value), 1)
                )
            )
        ) as factor,
    from breaker_trend
    inner join breaker_trend as item_trend
        on breaker_trend.subject = item_trend.subject
        and item_trend.measure = 'open_items'
    where breaker_trend.measure = 'median_invoice'
        and breaker_trend.is_measured
)

select
    coalesce(medians.currency, 'open_item') as subject,
    case
        when medians.currency is null then 'pass'
        when medians.nights < $history_nights_min then 'no_history'
        when medians.ratio > medians.factor or medians.ratio < 1 / medians.factor then 'stop'
        else 'pass'
    end as outcome,
    coalesce(
        'half the open amounts are below ' || format('{:,.2f}', medians.value) || coalesce(
            ', usual is ' || format('{:,.2f}', medians.median_value),
            ''
        ) || '; trips beyond ' || round(medians.factor, 1) || ' times that, or a part of it',
        'nothing owed'
    ) as finding,
from night
left join medians on true
