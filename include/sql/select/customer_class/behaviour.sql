-- How each customer has paid: days late weighted by the money, lately and before, and its slow month.
-- In the one currency in which it paid most often: money of two is never weighed together.
-- Grain: customer
-- Reads: payment_month, class_setting
-- Writes: behaviour
with totals as (
    select
        payment_month.customer_id,
        payment_month.currency,
        sum(payment_month.payments) as payments,
        max(payment_month.worst_days_late) as worst_days_late,
        sum(payment_month.amount) as amount,
        sum(payment_month.amount_days) as amount_days,
        sum(payment_month.recent_amount) as recent_amount,
        sum(payment_month.recent_amount_days) as recent_amount_days,
    from payment_month
    group by payment_month.customer_id, payment_month.currency
),

ranked_totals as (
    select
        totals.*,
        row_number() over customer_totals as rank_no,
        max(totals.worst_days_late) over (partition by totals.customer_id) as worst_of_all,
    from totals
    window customer_totals as (
        partition by totals.customer_id
        order by totals.payments desc, totals.currency
    )
),

main_totals as (
    select
        ranked_totals.customer_id,
        ranked_totals.currency,
        ranked_totals.payments,
        ranked_totals.worst_of_all,
        quotient(ranked_totals.amount_days, ranked_totals.amount, 1) as days_late,
        quotient(ranked_totals.recent_amount_days, ranked_totals.recent_amount, 1)
            as days_late_recent,
        quotient(
            ranked_totals.amount_days - ranked_totals.recent_amount_days,
            ranked_totals.amount - ranked_totals.recent_amount,
            1
        ) as days_late_before,
    from ranked_totals
    where ranked_totals.rank_no = 1
),

-- A month is slow if it was so in every year: chance makes one of twelve slow every year.
months as (
    select
        payment_month.customer_id,
        month(payment_month.due_month) as month_no,
        count(*) as years,
        bool_and(
            payment_month.amount_days >= payment_month.amount
            * cast(main_totals.days_late + class_setting.season_days_above as decimal(9, 1))
        ) as is_slow,
        sum(payment_month.amount) as amount,
        sum(payment_month.amount_days) as amount_days,
    from payment_month
    inner join main_totals
        on payment_month.customer_id = main_totals.customer_id
        and payment_month.currency = main_totals.currency
    cross join class_setting
    group by payment_month.customer_id, month(payment_month.due_month)
),

slow_months as (
    select
        months.customer_id,
        months.month_no,
        quotient(months.amount_days, months.amount, 1) as days_late,
    from months
    cross join class_setting
    where months.is_slow
        and months.years >= class_setting.season_years_min
),

slowest_months as (
    select
        slow_months.customer_id,
        arg_min(slow_months.month_no, (-slow_months.days_late, slow_months.month_no)) as slow_month,
        max(slow_months.days_late) as slow_month_days_late,
    from slow_months
    group by slow_months.customer_id
)

select
    main_totals.customer_id,
    main_totals.currency as paid_currency,
    cast(main_totals.payments as integer) as payments,
    cast(main_totals.worst_of_all as integer) as worst_days_late,
    main_totals.days_late,
    main_totals.days_late_recent,
    main_totals.days_late_recent - main_totals.days_late_before as days_late_trend,
    cast(slowest_months.slow_month as integer) as slow_month,
    slowest_months.slow_month_days_late,
from main_totals
left join slowest_months on main_totals.customer_id = slowest_months.customer_id
