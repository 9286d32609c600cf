-- What each claim comes to, in minor units; refused where a rate is not known, where the numbers
-- are too large, or where a fraction longer than the unit leaves a rounding open.
-- Grain: claim
-- Reads: claim_start, claim_state, claim_segment, interest_rule
-- Writes: claim_result
with day_counts as (
    select
        claim_segment.claim_id,
        sum(claim_segment.days) as calendar_days,
        sum(claim_segment.interest_days) as interest_days,
        bool_or(claim_segment.needs_confirmation) as needs_confirmation,
    from claim_segment
    group by claim_segment.claim_id
),

totals as (
    select
        claim_state.*,
        interest_rule.unit,
        interest_rule.rounding_mode as mode,
        interest_rule.needs_confirmation,
        claim_state.principal + claim_state.interest_due + claim_state.fee_due
        + claim_state.fine_due + claim_state.costs_due - claim_state.unallocated as total,
        claim_state.principal_slack + claim_state.interest_slack + claim_state.fee_slack
        + claim_state.fine_slack + claim_state.costs_slack + claim_state.unallocated_slack
            as total_slack,
    from claim_state
    inner join interest_rule on claim_state.rule_id = interest_rule.rule_id
)

select
    claim_start.claim_id,
    claim_start.effective_due_date,
    claim_start.first_interest_day,
    totals.in_default,
    coalesce(day_counts.calendar_days, 0) as calendar_days,
    coalesce(day_counts.interest_days, 0) as interest_days,
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
        when claim_start.is_too_large then 'AMOUNT_TOO_LARGE'
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
    coalesce(totals.needs_confirmation, false)
    or coalesce(day_counts.needs_confirmation, false) as needs_confirmation,
from claim_start
left join totals on claim_start.claim_id = totals.claim_id
left join day_counts on claim_start.claim_id = day_counts.claim_id
