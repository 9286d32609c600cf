-- The facts that points are given for. Becoming slower counts only for who pays late by now. What is
-- owed counts without what is disputed or covered by credits; its days past due are weighed by the
-- money, in the currency where they are most. A part-kept promise is half broken.
-- Grain: customer
-- Reads: customer, behaviour, open_item, promise_outcome, credit_use
-- Writes: class_fact
with owed_amounts as (
    select
        open_item.customer_id,
        greatest(max(open_item.days_past_due), 0) as overdue_days,
        sum(open_item.dunning_exposure_amount - open_item.disputed_amount) as amount,
        sum(
            (open_item.dunning_exposure_amount - open_item.disputed_amount)
            * greatest(open_item.days_past_due, 0)
        ) as amount_days,
    from open_item
    where open_item.document_type <> 'interest_claim'
        and open_item.dunning_exposure_amount > open_item.disputed_amount
    group by open_item.customer_id, open_item.currency
),

owing_customers as (
    select
        owed_amounts.customer_id,
        max(owed_amounts.overdue_days) as overdue_days,
        max(quotient(owed_amounts.amount_days, owed_amounts.amount, 1)) as days_beyond_terms,
    from owed_amounts
    group by owed_amounts.customer_id
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
    cast(coalesce(owing_customers.overdue_days, 0) as integer) as overdue_days,
    coalesce(owing_customers.days_beyond_terms, 0) as days_beyond_terms,
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
left join owing_customers on customer.customer_id = owing_customers.customer_id
left join promising_customers on customer.customer_id = promising_customers.customer_id
left join credit_use on customer.customer_id = credit_use.customer_id
