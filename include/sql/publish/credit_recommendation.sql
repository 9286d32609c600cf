-- What sales should do about each customer's credit, as finance reads it.
-- Grain: customer
-- Reads: credit_recommendation
-- Writes: credit_recommendation
select
    credit_recommendation.as_of_date,
    credit_recommendation.legal_entity_id,
    credit_recommendation.customer_id,
    credit_recommendation.abc_class,
    credit_recommendation.risk_class,
    credit_recommendation.recommendation,
    credit_recommendation.reason_text,
    credit_recommendation.currency,
    credit_recommendation.credit_limit_amount,
    credit_recommendation.exposure_amount,
    credit_recommendation.limit_use_percent,
    credit_recommendation.proposed_limit_amount,
    credit_recommendation.days_beyond_terms,
    credit_recommendation.class_version,
from credit_recommendation
