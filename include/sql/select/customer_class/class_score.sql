-- The points of each customer, component by component.
-- Grain: customer
-- Reads: class_fact, class_point
-- Writes: class_score
with facts as (
    select class_fact.customer_id, 'days_late' as component, class_fact.days_late as fact
    from class_fact

    union all

    select class_fact.customer_id, 'trend' as component, class_fact.slower_by_days as fact
    from class_fact

    union all

    select class_fact.customer_id, 'overdue' as component, class_fact.days_beyond_terms as fact
    from class_fact

    union all

    select class_fact.customer_id, 'broken_promises' as component, class_fact.broken_percent as fact
    from class_fact

    union all

    select class_fact.customer_id, 'limit_use' as component, class_fact.limit_use_percent as fact
    from class_fact
),

pointed_facts as (
    select
        facts.customer_id,
        facts.component,
        coalesce(max(class_point.points), 0) as points,
    from facts
    left join class_point
        on facts.component = class_point.component
        and facts.fact > class_point.above
    group by facts.customer_id, facts.component
)

select
    pointed_facts.customer_id,
    cast(max(points) filter (where component = 'days_late') as integer) as days_late_points,
    cast(max(points) filter (where component = 'trend') as integer) as trend_points,
    cast(max(points) filter (where component = 'overdue') as integer) as overdue_points,
    cast(max(points) filter (where component = 'broken_promises') as integer) as promise_points,
    cast(max(points) filter (where component = 'limit_use') as integer) as limit_points,
    cast(sum(points) as integer) as score,
from pointed_facts
group by pointed_facts.customer_id
