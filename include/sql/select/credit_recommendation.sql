-- What sales should do about each customer's credit, and why; the first reason that applies stands.
-- Grain: customer
-- Reads: customer_class, credit_use, risk_rule
-- Writes: credit_recommendation
with uses as (
    select
        customer_class.as_of_date,
        customer_class.legal_entity_id,
        customer_class.customer_id,
        customer_class.abc_class,
        customer_class.risk_class,
        customer_class.days_beyond_terms,
        customer_class.class_version,
        credit_use.currency,
        credit_use.credit_limit_amount,
        credit_use.exposure_amount,
        credit_use.limit_use_percent,
        credit_use.left_out_currencies,
        risk_rule.* exclude (risk_no, risk_class),
        case
            when customer_class.days_beyond_terms > risk_rule.prepayment_after_days then 'prepayment'
            when credit_use.limit_use_percent > risk_rule.limit_use_percent_max then 'hold_orders'
            when customer_class.days_beyond_terms > risk_rule.hold_orders_after_days then 'hold_orders'
            when risk_rule.lowers_limit
                and credit_use.credit_limit_amount > greatest(credit_use.exposure_amount, 0)
                then 'lower_limit'
            else 'none'
        end as recommendation,
        credit_use.limit_use_percent > risk_rule.limit_use_percent_max as exceeds_limit,
    from customer_class
    inner join credit_use on customer_class.customer_id = credit_use.customer_id
    inner join risk_rule on customer_class.risk_class = risk_rule.risk_class
)

select
    uses.as_of_date,
    uses.legal_entity_id,
    uses.customer_id,
    uses.abc_class,
    uses.risk_class,
    uses.recommendation,
    'Risk ' || uses.risk_class || ': ' || case
        when uses.recommendation = 'prepayment'
            then 'what it owes is overdue by ' || cast(uses.days_beyond_terms as decimal(38, 1))
            || ' days, and after ' || uses.prepayment_after_days || ' deliveries go against prepayment'
        when uses.recommendation = 'hold_orders' and uses.exceeds_limit
            then cast(uses.limit_use_percent as decimal(38, 0)) || ' % of the limit is used, and '
            || uses.limit_use_percent_max || ' % may be'
        when uses.recommendation = 'hold_orders'
            then 'what it owes is overdue by ' || cast(uses.days_beyond_terms as decimal(38, 1))
            || ' days, and after ' || uses.hold_orders_after_days || ' no more is delivered on credit'
        when uses.recommendation = 'lower_limit'
            then 'the limit allows more debt; set it to what is owed now'
        else 'within limit and terms'
    end || coalesce(' (not counted: ' || uses.left_out_currencies || ', no rate)', '') || '.'
        as reason_text,
    uses.currency,
    uses.credit_limit_amount,
    uses.exposure_amount,
    uses.limit_use_percent,
    case when uses.recommendation = 'lower_limit' then greatest(uses.exposure_amount, 0) end
        as proposed_limit_amount,
    uses.days_beyond_terms,
    uses.class_version,
from uses
