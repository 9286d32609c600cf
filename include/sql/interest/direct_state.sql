-- What the claims whose base does not depend on their interest come to.
-- Grain: claim
-- Reads: claim_start, claim_event, claim_base, claim_accrual, interest_rule, rule_fee_tier
-- Writes: claim_state
with charges as (
    select
        claim_event.claim_id,
        claim_base.base_amount,
    from claim_event
    inner join claim_base
        on claim_event.claim_id = claim_base.claim_id
        and claim_event.event_no = claim_base.event_no
    where claim_event.charges_fee
        and claim_base.base_amount > 0
),

fees as (
    select
        charges.claim_id,
        arg_min(rule_fee_tier.amount, rule_fee_tier.tier_no) as amount,
    from charges
    inner join claim_start on charges.claim_id = claim_start.claim_id
    inner join interest_rule on claim_start.rule_id = interest_rule.rule_id
    inner join rule_fee_tier
        on claim_start.rule_id = rule_fee_tier.rule_id
        and coalesce(charges.base_amount < rule_fee_tier.below * interest_rule.unit, true)
        and coalesce(charges.base_amount <= rule_fee_tier.up_to * interest_rule.unit, true)
    group by charges.claim_id
),

accruals as (
    select
        claim_accrual.claim_id,
        cast(sum(claim_accrual.interest) as hugeint) as interest,
        bool_or(claim_accrual.lacks_rate) as lacks_rate,
    from claim_accrual
    group by claim_accrual.claim_id
),

movements as (
    select
        claim_event.claim_id,
        sum(claim_event.amount) as amount,
        sum(claim_event.cost_amount) as cost_amount,
    from claim_event
    group by claim_event.claim_id
)

select
    claim_start.claim_id,
    claim_start.rule_id,
    cast(claim_start.principal - movements.amount as hugeint) as principal,
    cast(0 as hugeint) as capitalised,
    coalesce(accruals.interest, 0) as interest_due,
    coalesce(fees.amount * interest_rule.unit, 0) as fee_due,
    coalesce(
        rounded(
            charges.base_amount * interest_rule.fine_numerator,
            interest_rule.fine_denominator * interest_rule.unit,
            interest_rule.rounding_mode
        ) * interest_rule.unit,
        0
    ) as fine_due,
    cast(movements.cost_amount * interest_rule.unit as hugeint) as costs_due,
    claim_start.unallocated,
    coalesce(accruals.interest, 0) as interest_total,
    coalesce(fees.amount * interest_rule.unit, 0) as fee_total,
    fine_due as fine_total,
    costs_due as costs_total,
    cast(0 as hugeint) as costs_slack,
    cast(0 as hugeint) as fee_slack,
    cast(0 as hugeint) as fine_slack,
    cast(0 as hugeint) as interest_slack,
    cast(0 as hugeint) as principal_slack,
    cast(0 as hugeint) as unallocated_slack,
    cast(0 as hugeint) as capitalised_slack,
    cast(0 as hugeint) as interest_total_slack,
    coalesce(accruals.lacks_rate, false) as lacks_rate,
    charges.claim_id is not null as in_default,
from claim_start
inner join claim_path on claim_start.claim_id = claim_path.claim_id
inner join interest_rule on claim_start.rule_id = interest_rule.rule_id
inner join movements on claim_start.claim_id = movements.claim_id
left join charges on claim_start.claim_id = charges.claim_id
left join fees on claim_start.claim_id = fees.claim_id
left join accruals on claim_start.claim_id = accruals.claim_id
where not claim_path.is_stepwise
