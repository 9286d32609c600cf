-- Customers whose limit is exceeded, or about whose credit something is recommended.
-- Grain: customer
-- Reads: customer_salesperson, credit_recommendation
-- Writes: the digest
select
    customer_salesperson.salesperson_no,
    customer_salesperson.customer_id,
    customer_salesperson.customer_name,
    replace(credit_recommendation.recommendation, '_', ' ') as recommendation,
    credit_recommendation.reason_text,
    credit_recommendation.exposure_amount,
    credit_recommendation.credit_limit_amount,
    credit_recommendation.proposed_limit_amount,
    credit_recommendation.currency,
    count(*) over (partition by customer_salesperson.salesperson_no) as found_rows,
from credit_recommendation
inner join customer_salesperson
    on credit_recommendation.customer_id = customer_salesperson.customer_id
where credit_recommendation.recommendation <> 'none'
    or credit_recommendation.exposure_amount > credit_recommendation.credit_limit_amount
qualify row_number() over (
    partition by customer_salesperson.salesperson_no
    order by
        credit_recommendation.recommendation = 'none',
        credit_recommendation.recommendation desc,
        credit_recommendation.currency,
        credit_recommendation.exposure_amount desc,
        customer_salesperson.customer_id
) <= $rows_max
order by
    credit_recommendation.recommendation = 'none',
    credit_recommendation.recommendation desc,
    credit_recommendation.currency,
    credit_recommendation.exposure_amount desc,
    customer_salesperson.customer_id
