-- When each claim falls due and starts to bear interest, and what it is then, credited ab initio. A
-- claim whose numbers could outgrow 128 bits is told apart (doubles serve for the bound alone).
-- Grain: claim
-- Reads: claim, credit_note, interest_rule, rule_bound, rule_day
-- Writes: claim_start
with initial_credits as (
    select
        credit_note.claim_id,
        sum(credit_note.amount) as amount,
    from credit_note
    inner join claim on credit_note.claim_id = claim.claim_id
    where credit_note.mode = 'ab_initio'
        and credit_note.credit_date <= claim.as_of_date
    group by credit_note.claim_id
),

due_claims as (
    select
        claim.*,
        coalesce(initial_credits.amount, 0) as credit_amount,
        case
            when interest_rule.is_shifted then rule_day.next_business_day
            else claim.due_date
        end as effective_due_date,
        interest_rule.offset_days,
        interest_rule.end_days,
        interest_rule.unit,
        interest_rule.rounding_stage,
        interest_rule.compounding,
        cast(interest_rule.denominator as double) as denominator,
        rule_bound.largest_day * interest_rule.base_factor
        * greatest(claim.as_of_date - claim.due_date + 33, 1) as numerator,
    from claim
    inner join interest_rule on claim.rule_id = interest_rule.rule_id
    inner join rule_bound on claim.rule_id = rule_bound.rule_id
    left join initial_credits on claim.claim_id = initial_credits.claim_id
    left join rule_day
        on claim.rule_id = rule_day.rule_id
        and claim.due_date = rule_day.day
)

select
    due_claims.claim_id,
    due_claims.rule_id,
    due_claims.as_of_date,
    due_claims.effective_due_date,
    due_claims.effective_due_date + due_claims.offset_days as first_interest_day,
    due_claims.as_of_date - 1 + due_claims.end_days as last_interest_day,
    due_claims.unit * greatest(due_claims.principal - due_claims.credit_amount, 0) as principal,
    due_claims.unit * greatest(due_claims.credit_amount - due_claims.principal, 0) as unallocated,
    abs(cast(due_claims.principal as double))
    * case
        when due_claims.compounding = 'none' then 1 + due_claims.numerator / due_claims.denominator
        else exp(least(due_claims.numerator / due_claims.denominator, 100))
    end
    * case
        when due_claims.rounding_stage = 'final' then cast(due_claims.unit as double)
        else greatest(due_claims.numerator, 1)
    end > 1e38
    or due_claims.rounding_stage = 'final'
    and (
        due_claims.denominator > 1e25
        or due_claims.denominator * due_claims.numerator > 1e50
    ) as is_too_large,
from due_claims
