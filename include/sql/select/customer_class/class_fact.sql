-- The facts that points are given for. Becoming slower counts only for who pays late by now; disputed
-- items, and what a customer's credits cover, are not overdue here. A part-kept promise is half broken.
-- Grain: customer
-- Reads: customer, behaviour, open_item, promise_outcome, credit_use
-- Writes: class_fact
with overdue_customers as (
    select
        open_item.customer_id,
        max(open_item.days_past_due) as overdue_days,
    from open_item
    where open_item.days_past_due > 0
        and open_item.document_type <> 'interest_claim'
        and open_item.dunning_exposure_amount > open_item.disputed_amount
    group by open_item.customer_id
),

promising_customers as (
    select
        promise_outcome.customer_id,
        count(*) filter (where promise_outcome.outcome = 'kept') as kept,
        count(*) filter (where promise_outcome.outcome = 'part_kept') as part_kept,
        count(*) filter (where promise_outcome.outcome = 'broken') as broken,
    from promise_outcome
    group by promise_outcome.customer_id
)

select
    customer.customer_id,
    behaviour.* exclude (customer_id, payments),
    coalesce(behaviour.payments, 0) as payments,
    case when behaviour.days_late_recent > 0 then behaviour.days_late_trend end as slower_by_days,
    cast(coalesce(overdue_customers.overdue_days, 0) as integer) as overdue_days,
    cast(coalesce(promising_customers.kept, 0) as integer) as promises_kept,
    cast(coalesce(promising_customers.part_kept, 0) as integer) as promises_part_kept,
    cast(coalesce(promising_customers.broken, 0) as integer) as promises_broken,
    quotient(
        100 * promising_customers.broken + 50 * promising_customers.part_kept,
        promising_customers.kept + promising_customers.part_kept + promising_customers.broken,
        1
    ) as broken_percent,
    credit_use.limit_use_percent,
from customer
left join behaviour on customer.customer_id = behaviour.customer_id
left join overdue_customers on customer.customer_id = overdue_customers.customer_id
left join promising_customers on customer.customer_id = promising_customers.customer_id
left join credit_use on customer.customer_id = credit_use.customer_id
