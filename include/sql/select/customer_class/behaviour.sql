-- How each customer has paid: days late weighted by the money, lately and before, and its slow month.
-- In the reporting currency where a rate is known; of currencies without one, that of most payments.
-- Grain: customer
-- Reads: payment_month, group_rate, class_setting
-- Writes: behaviour
with rated_months as (
    select
        payment_month.customer_id,
        coalesce(group_rate.reporting_currency, payment_month.currency) as currency,
        payment_month.due_month,
        payment_month.is_recent,
        payment_month.payments,
        payment_month.worst_days_late,
        try(cast(
            payment_month.amount * coalesce(group_rate.exchange_rate, 1) as decimal(38, 4)
        )) as amount,
        try(cast(
            payment_month.amount_days * coalesce(group_rate.exchange_rate, 1) as decimal(38, 4)
        )) as amount_days,
    from payment_month
    left join group_rate on payment_month.currency = group_rate.currency
),

totals as (
    select
        rated_months.customer_id,
        rated_months.currency,
        sum(rated_months.payments) as payments,
        max(rated_months.worst_days_late) as worst_days_late,
        sum(rated_months.amount) as amount,
        sum(rated_months.amount_days) as amount_days,
        sum(rated_months.amount) filter (where rated_months.is_recent) as recent_amount,
        sum(rated_months.amount_days) filter (where rated_months.is_recent) as recent_amount_days,
    from rated_months
    group by rated_months.customer_id, rated_months.currency
),

main_totals as (
    select
        totals.customer_id,
        totals.currency,
        totals.payments,
        totals.worst_days_late,
        quotient(totals.amount_days, totals.amount, 1) as days_late,
        quotient(totals.recent_amount_days, totals.recent_amount, 1) as days_late_recent,
        quotient(
            totals.amount_days - coalesce(totals.recent_amount_days, 0),
            totals.amount - coalesce(totals.recent_amount, 0),
            1
        ) as days_late_before,
        row_number() over (
            partition by totals.customer_id
            order by totals.payments desc, totals.currency
        ) as rank_no,
    from totals
),

month_totals as (
    select
        rated_months.customer_id,
        rated_months.currency,
        month(rated_months.due_month) as month_no,
        count(distinct rated_months.due_month) as years,
        sum(rated_months.amount) as amount,
        sum(rated_months.amount_days) as amount_days,
    from rated_months
    group by rated_months.customer_id, rated_months.currency, month(rated_months.due_month)
),

months as (
    select
        month_totals.*,
        quotient(month_totals.amount_days, month_totals.amount, 1) as days_late,
    from month_totals
),

slow_months as (
    select
        months.customer_id,
        arg_min(months.month_no, (-months.days_late, months.month_no)) as slow_month,
        max(months.days_late) as slow_month_days_late,
    from months
    inner join main_totals
        on months.customer_id = main_totals.customer_id
        and months.currency = main_totals.currency
        and main_totals.rank_no = 1
    cross join class_setting
    where months.years >= class_setting.season_years_min
        and months.days_late >= main_totals.days_late + class_setting.season_days_above
    group by months.customer_id
)

select
    main_totals.customer_id,
    cast(main_totals.payments as integer) as payments,
    cast(main_totals.worst_days_late as integer) as worst_days_late,
    main_totals.days_late,
    main_totals.days_late_recent,
    main_totals.days_late_recent - main_totals.days_late_before as days_late_trend,
    cast(slow_months.slow_month as integer) as slow_month,
    slow_months.slow_month_days_late,
from main_totals
left join slow_months on main_totals.customer_id = slow_months.customer_id
where main_totals.rank_no = 1
