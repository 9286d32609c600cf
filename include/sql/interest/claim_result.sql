-- What each claim comes to, in minor units; refused where a rate is not known, where the numbers
-- are too large, or where a fraction longer than the unit leaves a rounding open.
-- Grain: claim
-- Reads: claim_start, claim_total, claim_state, interest_rule, rule_fee
-- Writes: claim_result
with known_claims as (
    select
        claim_start.*,
        interest_rule.fine_numerator,
        interest_rule.fine_denominator,
        interest_rule.unit,
        interest_rule.rounding_mode as mode,
        rule_fee.amount as fee,
        coalesce(claim_total.interest, 0) as interest,
        coalesce(claim_total.lacks_rate, false) as lacks_rate,
        coalesce(claim_total.calendar_days, 0) as calendar_days,
        coalesce(claim_total.interest_days, 0) as interest_days,
        interest_rule.needs_confirmation
        or coalesce(claim_total.needs_confirmation, false) as needs_confirmation,
    from claim_start
    inner join interest_rule on claim_start.rule_no = interest_rule.rule_no
    inner join rule_fee
        on claim_start.rule_no = rule_fee.rule_no
        and claim_start.charged_principal between rule_fee.from_amount and rule_fee.until_amount
    left join claim_total on claim_start.claim_id = claim_total.claim_id
),

states as (
    select
        known_claims.claim_id,
        known_claims.effective_due_date,
        known_claims.first_interest_day,
        known_claims.calendar_days,
        known_claims.interest_days,
        known_claims.needs_confirmation,
        known_claims.unit,
        known_claims.mode,
        known_claims.way = 'refused' as is_too_large,
        known_claims.principal - known_claims.moved_amount as principal,
        known_claims.interest as interest_due,
        known_claims.fee as fee_due,
        rounded(
            known_claims.charged_principal * known_claims.fine_numerator,
            known_claims.fine_denominator * known_claims.unit,
            known_claims.mode
        ) * known_claims.unit as fine_due,
        known_claims.costs as costs_due,
        known_claims.unallocated,
        known_claims.interest as interest_total,
        fee_due as fee_total,
        fine_due as fine_total,
        known_claims.costs as costs_total,
        cast(0 as hugeint) as costs_slack,
        cast(0 as hugeint) as fee_slack,
        cast(0 as hugeint) as fine_slack,
        cast(0 as hugeint) as interest_slack,
        cast(0 as hugeint) as principal_slack,
        cast(0 as hugeint) as unallocated_slack,
        cast(0 as hugeint) as interest_total_slack,
        known_claims.lacks_rate,
        known_claims.charged_principal > 0 as in_default,
    from known_claims
    where known_claims.way <> 'stepwise'

    union all by name

    select
        claim_state.* exclude (rule_no, capitalised, capitalised_slack),
        known_claims.effective_due_date,
        known_claims.first_interest_day,
        known_claims.calendar_days,
        known_claims.interest_days,
        known_claims.needs_confirmation,
        known_claims.unit,
        known_claims.mode,
        false as is_too_large,
    from known_claims
    inner join claim_state on known_claims.claim_id = claim_state.claim_id
    where known_claims.way = 'stepwise'
),

totals as (
    select
        states.*,
        states.principal + states.interest_due + states.fee_due
        + states.fine_due + states.costs_due - states.unallocated as total,
        states.principal_slack + states.interest_slack + states.fee_slack
        + states.fine_slack + states.costs_slack + states.unallocated_slack as total_slack,
    from states
)

select
    totals.claim_id,
    totals.effective_due_date,
    totals.first_interest_day,
    totals.in_default,
    totals.calendar_days,
    totals.interest_days,
    if(
        totals.unit = 1,
        totals.interest_total,
        rounded(totals.interest_total, totals.unit, totals.mode)
    ) as interest,
    case when totals.interest_total_slack = 0 then totals.interest_total end as exact_interest,
    totals.unit,
    if(
        totals.unit = 1,
        totals.fee_total,
        totals.fee_total // totals.unit
    ) as fixed_fee,
    if(
        totals.unit = 1,
        totals.fine_total,
        totals.fine_total // totals.unit
    ) as fine,
    if(
        totals.unit = 1,
        totals.costs_total,
        totals.costs_total // totals.unit
    ) as costs,
    if(
        totals.unit = 1,
        totals.interest_due,
        rounded(totals.interest_due, totals.unit, totals.mode)
    ) as interest_due,
    if(
        totals.unit = 1,
        totals.principal,
        rounded(totals.principal, totals.unit, totals.mode)
    ) as principal_due,
    if(
        totals.unit = 1,
        totals.unallocated,
        rounded(totals.unallocated, totals.unit, totals.mode)
    ) as unallocated,
    if(
        totals.unit = 1,
        totals.total,
        rounded(totals.total, totals.unit, totals.mode)
    ) as total_due,
    case
        when totals.is_too_large then 'AMOUNT_TOO_LARGE'
        when totals.lacks_rate then 'RATE_NOT_AVAILABLE'
        when totals.unit > 1 and (
            rounded(totals.interest_total - totals.interest_total_slack, totals.unit, totals.mode)
            <> rounded(totals.interest_total + totals.interest_total_slack, totals.unit, totals.mode)
            or rounded(totals.interest_due - totals.interest_slack, totals.unit, totals.mode)
            <> rounded(totals.interest_due + totals.interest_slack, totals.unit, totals.mode)
            or rounded(totals.principal - totals.principal_slack, totals.unit, totals.mode)
            <> rounded(totals.principal + totals.principal_slack, totals.unit, totals.mode)
            or rounded(totals.unallocated - totals.unallocated_slack, totals.unit, totals.mode)
            <> rounded(totals.unallocated + totals.unallocated_slack, totals.unit, totals.mode)
            or rounded(totals.total - totals.total_slack, totals.unit, totals.mode)
            <> rounded(totals.total + totals.total_slack, totals.unit, totals.mode)
        )
            then 'FRACTION_TOO_LONG'
    end as error,
    totals.needs_confirmation,
from totals
