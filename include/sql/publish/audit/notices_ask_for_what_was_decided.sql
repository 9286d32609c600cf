-- Notices ask, per customer and currency, for exactly what was decided, and for nothing blocked.
-- Grain: customer and currency that differ
-- Reads: notice, decision
-- Writes: check_result
with amounts as (
    select notice.customer_id, notice.currency, notice.demanded_amount as amount
    from notice
    union all
    select decision.customer_id, decision.currency, -decision.dunning_exposure_amount as amount
    from decision
    where decision.outcome = 'selected'
)

select
    amounts.customer_id || ' ' || amounts.currency as subject,
    sum(amounts.amount) as difference,
from amounts
group by amounts.customer_id, amounts.currency
having sum(amounts.amount) <> 0
