-- What each customer owes, its credits off, beside its credit limit: in the limit's currency, or all
-- in the reporting currency if it owes in others too and every rate is known. Else what is in other
-- currencies is left out, and named. A limit of 0 is none: most ERPs mean that by it.
-- Grain: customer
-- Reads: open_item, credit_item, customer, customer_currency, group_rate
-- Writes: credit_use
with balances as (
    select open_item.customer_id, open_item.currency, open_item.open_amount as amount
    from open_item
    where open_item.document_type <> 'interest_claim'

    union all

    select credit_item.customer_id, credit_item.currency, credit_item.amount
    from credit_item
),

exposures as (
    select
        balances.customer_id,
        balances.currency,
        sum(cast(balances.amount as decimal(38, 4))) as amount,
    from balances
    group by balances.customer_id, balances.currency
),

foreign_exposures as (
    select
        exposures.customer_id,
        sum(try(cast(exposures.amount * group_rate.exchange_rate as decimal(38, 4)))) as group_amount,
        bool_and(try(exposures.amount * group_rate.exchange_rate) is not null) as is_rated,
        string_agg(exposures.currency, ', ' order by exposures.currency) as currencies,
    from exposures
    inner join customer_currency on exposures.customer_id = customer_currency.customer_id
    left join group_rate on exposures.currency = group_rate.currency
    where exposures.currency <> customer_currency.currency
        and exposures.amount <> 0
    group by exposures.customer_id
),

limits as (
    select
        customer.customer_id,
        customer_currency.currency as own_currency,
        nullif(customer.credit_limit_amount, 0) as own_limit_amount,
        coalesce(exposures.amount, 0) as own_amount,
        coalesce(foreign_exposures.is_rated and group_rate.exchange_rate is not null, false)
            as is_converted,
        coalesce(group_rate.exchange_rate, 1) as exchange_rate,
        group_rate.reporting_currency,
        foreign_exposures.group_amount,
        foreign_exposures.currencies,
    from customer
    inner join customer_currency on customer.customer_id = customer_currency.customer_id
    left join exposures
        on customer.customer_id = exposures.customer_id
        and customer_currency.currency = exposures.currency
    left join foreign_exposures on customer.customer_id = foreign_exposures.customer_id
    left join group_rate on customer_currency.currency = group_rate.currency
),

uses as (
    select
        limits.customer_id,
        case when limits.is_converted then limits.reporting_currency else limits.own_currency end
            as currency,
        cast(
            case
                when limits.is_converted
                    then try(round(limits.own_limit_amount * limits.exchange_rate, 2))
                else limits.own_limit_amount
            end as decimal(38, 4)
        ) as credit_limit_amount,
        cast(
            case
                when limits.is_converted
                    then try(round(limits.own_amount * limits.exchange_rate, 2))
                    + round(limits.group_amount, 2)
                else limits.own_amount
            end as decimal(38, 4)
        ) as exposure_amount,
        case when not limits.is_converted then limits.currencies end as left_out_currencies,
    from limits
)

select
    uses.*,
    quotient(
        100 * greatest(uses.exposure_amount, 0), uses.credit_limit_amount, 1
    ) as limit_use_percent,
from uses
