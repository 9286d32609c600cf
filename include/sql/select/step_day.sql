-- The day on which each step comes for items of a due date; steps that follow so many days after the
-- one before have none here. Of due dates before the calendar begins, business days are told as
-- weekdays: those steps came long ago.
-- Grain: policy, step, country and due date
-- Reads: open_item, customer_policy, policy_step, business_day
-- Writes: step_day
with due_dates as (
    select distinct
        customer_policy.policy_name,
        customer_policy.country,
        open_item.due_date,
    from open_item
    inner join customer_policy on open_item.customer_id = customer_policy.customer_id
    where open_item.due_date is not null
),

nth_business_days as (
    select
        business_day.country,
        business_day.number,
        min(business_day.day) as day,
    from business_day
    where business_day.is_business_day
    group by business_day.country, business_day.number
)

select
    due_dates.policy_name,
    due_dates.country,
    due_dates.due_date,
    policy_step.step_no,
    coalesce(
        due_dates.due_date + policy_step.days_past_due,
        nth_business_days.day,
        due_dates.due_date + policy_step.business_days_past_due * 7 // 5
    ) as due_on,
from due_dates
inner join policy_step on due_dates.policy_name = policy_step.policy_name
left join business_day
    on due_dates.country = business_day.country
    and due_dates.due_date = business_day.day
left join nth_business_days
    on due_dates.country = nth_business_days.country
    and business_day.number + policy_step.business_days_past_due = nth_business_days.number
where policy_step.days_after_previous is null
