-- What each customer is worth, how it pays and what is to be feared of it: the points of every
-- component beside the fact that they are given for. Who is too new to be judged gets the neutral
-- class, or a worse one if what it owes tells so already.
-- Grain: customer
-- Reads: customer, abc, abc_value, billed, class_fact, class_score, risk_rule, class_setting
-- Writes: customer_class
with billed_since as (
    select billed.customer_id, min(billed.first_posted_on) as first_posted_on
    from billed
    group by billed.customer_id
),

joined as (
    select
        customer.customer_id,
        abc.abc_basis,
        abc.abc_class,
        abc.percent_until,
        abc.amount,
        abc.currency,
        abc.cumulated_percent,
        billed_since.first_posted_on,
        class_fact.* exclude (customer_id),
        class_score.* exclude (customer_id),
        class_setting.*,
        (select max(abc_value.abc_basis) from abc_value) is not distinct from 'billed'
            as is_billed_basis,
        class_fact.payments >= class_setting.payments_min as has_paid,
        (
            select min(risk_rule.risk_no)
            from risk_rule
            where class_score.score <= risk_rule.score_max
        ) as scored_risk_no,
    from customer
    inner join class_fact on customer.customer_id = class_fact.customer_id
    inner join class_score on customer.customer_id = class_score.customer_id
    left join abc on customer.customer_id = abc.customer_id
    left join billed_since on customer.customer_id = billed_since.customer_id
    cross join class_setting
),

compared as (
    select
        joined.*,
        joined.abc_class is not null as is_compared,
        case
            when joined.has_paid then joined.scored_risk_no
            else greatest(joined.scored_risk_no, joined.neutral_risk_no)
        end as risk_no,
    from joined
)

select
    cast($as_of_date as date) as as_of_date,
    $legal_entity_id as legal_entity_id,
    compared.customer_id,
    coalesce(compared.abc_class, compared.neutral_abc_class) as abc_class,
    compared.abc_basis,
    compared.amount as abc_amount,
    compared.currency as abc_currency,
    compared.cumulated_percent as abc_cumulated_percent,
    case
        when compared.is_compared and compared.amount <= 0
            then replace(compared.abc_basis, '_', ' ') || ' of nothing, or less'
        when compared.is_compared
            then replace(compared.abc_basis, '_', ' ') || ' of '
            || cast(round(compared.amount, 2) as decimal(38, 2)) || ' ' || compared.currency
            || '; with those above it ' || cast(compared.cumulated_percent as decimal(38, 2))
            || ' % of all'
        when compared.first_posted_on is null
            then 'neutral: nothing billed since ' || $since
        when compared.is_billed_basis
            then 'neutral: first billed on ' || compared.first_posted_on || ', too new to compare'
        else 'neutral: what it brings is not known'
    end as abc_reason,
    cast(compared.payments as integer) as payments,
    compared.paid_currency,
    compared.days_late,
    compared.days_late_recent,
    compared.days_late_trend,
    compared.worst_days_late,
    compared.slow_month,
    compared.slow_month_days_late,
    compared.promises_kept,
    compared.promises_part_kept,
    compared.promises_broken,
    compared.overdue_days,
    compared.days_beyond_terms,
    compared.limit_use_percent,
    compared.days_late_points,
    compared.trend_points,
    compared.overdue_points,
    compared.promise_points,
    compared.limit_points,
    compared.score,
    risk_rule.risk_class,
    case
        when compared.has_paid then ''
        else 'neutral or worse: ' || compared.payments || ' payments since ' || $since || ', too few; '
    end
    || compared.score || ' points: ' || concat_ws(
        ', ',
        'days late ' || coalesce(cast(cast(compared.days_late as decimal(38, 1)) as varchar), 'unknown')
        || ' (' || compared.days_late_points || ')',
        'slower by ' || cast(compared.slower_by_days as decimal(38, 1)) || ' days ('
        || compared.trend_points || ')',
        'what it owes overdue by ' || cast(compared.days_beyond_terms as decimal(38, 1)) || ' days ('
        || compared.overdue_points || ')',
        'promises broken ' || cast(compared.broken_percent as decimal(38, 0)) || ' % ('
        || compared.promise_points || ')',
        'limit used ' || cast(compared.limit_use_percent as decimal(38, 0)) || ' % ('
        || compared.limit_points || ')'
    ) as risk_reason,
    coalesce(
        compared.has_paid
        and compared.overdue_days > 0
        and compared.worst_days_late <= compared.first_late_tolerance_days,
        false
    ) as is_late_for_first_time,
    compared.class_version,
from compared
inner join risk_rule on compared.risk_no = risk_rule.risk_no
