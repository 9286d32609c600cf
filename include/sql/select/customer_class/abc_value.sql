-- What each customer is worth, on one basis for all: profit, if it is known of most of those who were
-- billed, else revenue, else what we billed in twelve months, to those who are not too new for that.
-- In the reporting currency where a rate is known; else apart, in its own.
-- Grain: customer and currency compared in
-- Reads: customer, customer_currency, billed, group_rate, class_setting
-- Writes: abc_value
with known_values as (
    select
        count(*) as customers,
        count(customer.annual_profit_amount) as profits,
        count(customer.annual_revenue_amount) as revenues,
    from customer
    where customer.customer_id in (select billed.customer_id from billed)
),

basis as (
    select
        case
            when known_values.profits > 0 and known_values.profits * 100
                >= class_setting.basis_percent_min * known_values.customers then 'annual_profit'
            when known_values.revenues > 0 and known_values.revenues * 100
                >= class_setting.basis_percent_min * known_values.customers then 'annual_revenue'
            else 'billed'
        end as abc_basis,
    from known_values
    cross join class_setting
),

seasoned_customers as (
    select billed.customer_id
    from billed
    cross join class_setting
    group by billed.customer_id, class_setting.history_days_min
    having min(billed.first_posted_on) <= cast($as_of_date as date) - class_setting.history_days_min
),

own_values as (
    select
        customer.customer_id,
        customer_currency.currency,
        cast(
            case basis.abc_basis
                when 'annual_profit' then customer.annual_profit_amount
                else customer.annual_revenue_amount
            end as decimal(38, 4)
        ) as amount,
        basis.abc_basis,
    from customer
    inner join customer_currency on customer.customer_id = customer_currency.customer_id
    cross join basis
    where basis.abc_basis <> 'billed'

    union all

    select
        billed.customer_id,
        billed.currency,
        billed.billed_amount as amount,
        basis.abc_basis,
    from billed
    semi join seasoned_customers on billed.customer_id = seasoned_customers.customer_id
    cross join basis
    where basis.abc_basis = 'billed'
)

select
    own_values.customer_id,
    coalesce(group_rate.reporting_currency, own_values.currency) as currency,
    any_value(own_values.abc_basis) as abc_basis,
    sum(case
        when coalesce(group_rate.reporting_currency = own_values.currency, true)
            then own_values.amount
        else try(cast(own_values.amount * group_rate.exchange_rate as decimal(38, 4)))
    end) as amount,
from own_values
left join group_rate on own_values.currency = group_rate.currency
where own_values.amount is not null
group by own_values.customer_id, coalesce(group_rate.reporting_currency, own_values.currency)
