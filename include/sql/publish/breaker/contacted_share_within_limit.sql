-- An unusually large part of what is overdue would be written about in one night.
-- Grain: night
-- Reads: notice_item, breaker_trend
-- Writes: check_result
with counts as (
    select
        (
            select count(distinct (notice_item.invoice_id, notice_item.instalment_no))
            from notice_item
            where notice_item.days_past_due > 0
        ) as contacted,
        cast(breaker_trend.value as bigint) as overdue,
        breaker_trend.nights,
        cast(greatest(
            $contacted_items_min, floor(breaker_trend.value * $contacted_share_max)
        ) as bigint) as contacted_max,
    from breaker_trend
    where breaker_trend.measure = 'overdue_items'
)

select
    'notice' as subject,
    case
        when counts.nights < $history_nights_min then 'no_history'
        when counts.contacted > counts.contacted_max then 'stop'
        else 'pass'
    end as outcome,
    counts.contacted || ' of ' || counts.overdue || ' overdue items; trips above '
    || counts.contacted_max as finding,
from counts
