-- The policy of each customer: that of the first exception that fits it, else the legal entity's own.
-- Grain: customer
-- Reads: customer, customer_class, policy_exception, policy
-- Writes: customer_policy
with fitting_exceptions as (
    select
        customer.customer_id,
        arg_min(policy_exception.policy_name, policy_exception.exception_no) as policy_name,
    from customer
    left join customer_class on customer.customer_id = customer_class.customer_id
    inner join policy_exception
        on coalesce(policy_exception.customer_id, customer.customer_id) = customer.customer_id
        and coalesce(policy_exception.country, customer.country) = customer.country
        and coalesce(policy_exception.segment = customer.segment, policy_exception.segment is null)
        and coalesce(
            policy_exception.abc_class = customer_class.abc_class,
            policy_exception.abc_class is null
        )
        and coalesce(
            policy_exception.risk_class = customer_class.risk_class,
            policy_exception.risk_class is null
        )
        and coalesce(policy_exception.until_date >= $as_of_date, true)
    group by customer.customer_id
)

select
    customer.customer_id,
    customer.country,
    policy.*,
from customer
left join fitting_exceptions on customer.customer_id = fitting_exceptions.customer_id
inner join policy on coalesce(fitting_exceptions.policy_name, $policy_name) = policy.policy_name
