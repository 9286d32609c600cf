-- What sales should do about whose credit, the largest debts first.
-- Grain: customer of whom something is recommended
-- Reads: credit_recommendation
-- Writes: the workbook
select credit_recommendation.* exclude (as_of_date, legal_entity_id, class_version)
from credit_recommendation
where credit_recommendation.recommendation <> 'none'
order by
    credit_recommendation.recommendation desc,
    credit_recommendation.currency,
    credit_recommendation.exposure_amount desc,
    credit_recommendation.customer_id
limit $rows_max
