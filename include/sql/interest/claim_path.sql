-- Whether what a claim's base will be depends on the interest itself: then its events are taken one
-- after the other. It does not where nothing is capitalised, every payment goes to the principal
-- whatever has accrued, and the principal outlasts them.
-- Grain: claim
-- Reads: claim_start, claim_event, interest_rule
-- Writes: claim_path
with movements as (
    select
        claim_event.claim_id,
        sum(claim_event.amount) as amount,
        bool_or(claim_event.kind = 'payment') as is_paid,
        bool_or(
            claim_event.kind = 'payment'
            and claim_event.event_date > claim_start.effective_due_date
        ) as is_paid_late,
        bool_or(
            claim_event.kind = 'payment'
            and claim_event.until_day >= claim_start.first_interest_day
        ) as is_paid_with_interest,
        sum(claim_event.cost_amount) as cost_amount,
    from claim_event
    inner join claim_start on claim_event.claim_id = claim_start.claim_id
    group by claim_event.claim_id
)

select
    claim_start.claim_id,
    interest_rule.compounding <> 'none'
    or movements.amount > claim_start.principal
    or movements.is_paid and interest_rule.principal_rank is null
    or movements.is_paid
    and movements.cost_amount > 0
    and coalesce(interest_rule.costs_rank < interest_rule.principal_rank, false)
    or movements.is_paid_late
    and (
        coalesce(interest_rule.fee_rank < interest_rule.principal_rank, false)
        and interest_rule.has_fee
        or coalesce(interest_rule.fine_rank < interest_rule.principal_rank, false)
        and interest_rule.fine_numerator > 0
    )
    or movements.is_paid_with_interest
    and coalesce(interest_rule.interest_rank < interest_rule.principal_rank, false) as is_stepwise,
from claim_start
inner join interest_rule on claim_start.rule_id = interest_rule.rule_id
inner join movements on claim_start.claim_id = movements.claim_id
