-- One event of every claim that has it: charge, accrue, and pay the buckets in the rule's order.
-- Interest that is paid is the oldest one first: what was capitalised shrinks before the rest.
-- Grain: claim
-- Reads: step_state, claim_event, claim_accrual, interest_rule, rule_fee
-- Writes: stepped_state
with charges as (
    select
        step_state.*,
        interest_rule.* exclude (rule_no),
        claim_event.kind,
        claim_event.amount,
        coalesce(claim_accrual.interest, 0) as accrued,
        coalesce(claim_accrual.lacks_rate, false) as lacks_rate_now,
        case
            when coalesce(claim_accrual.reduced_numerator, 0) = 0 then 0
            else share(
                step_state.principal_slack + step_state.capitalised_slack,
                abs(claim_accrual.reduced_numerator),
                claim_accrual.reduced_denominator
            )
            + cast(claim_accrual.is_inexact as integer)
            + cast(step_state.principal_slack + step_state.capitalised_slack > 0 as integer)
        end as accrued_slack,
        claim_event.cost_amount * interest_rule.unit as cost_charge,
        case when claim_event.charges_fee then rule_fee.amount else 0 end as fee_charge,
        case
            when claim_event.charges_fee and step_state.principal > 0 then rounded(
                step_state.principal * interest_rule.fine_numerator,
                interest_rule.fine_denominator * interest_rule.unit,
                interest_rule.rounding_mode
            ) * interest_rule.unit
            else 0
        end as fine_charge,
        claim_event.charges_fee and step_state.principal > 0 as is_charged,
    from step_state
    inner join claim_event
        on step_state.claim_id = claim_event.claim_id
        and claim_event.step_no = $step_no
    inner join interest_rule on step_state.rule_no = interest_rule.rule_no
    inner join rule_fee
        on step_state.rule_no = rule_fee.rule_no
        and step_state.principal between rule_fee.from_amount and rule_fee.until_amount
    left join claim_accrual on step_state.claim_id = claim_accrual.claim_id
),

dues as (
    select
        charges.*,
        charges.costs_due + charges.cost_charge as costs_now,
        charges.fee_due + charges.fee_charge as fee_now,
        charges.fine_due + charges.fine_charge as fine_now,
        charges.interest_due + charges.accrued as interest_now,
        charges.interest_slack + charges.accrued_slack as interest_slack_now,
        charges.costs_slack as costs_slack_now,
        charges.fee_slack as fee_slack_now,
        charges.fine_slack as fine_slack_now,
        charges.principal_slack as principal_slack_now,
        charges.principal as principal_now,
        case when charges.kind = 'payment' then charges.amount else 0 end as paid,
    from charges
),

-- What the buckets before each one take first, and how far off that can be.
earlier_buckets as (
    select
        dues.*,
        greatest(dues.interest_now, 0) as payable_interest,
        if(dues.fee_rank < dues.costs_rank, dues.fee_now, 0)
        + if(dues.fine_rank < dues.costs_rank, dues.fine_now, 0)
        + if(dues.interest_rank < dues.costs_rank, payable_interest, 0)
        + if(dues.principal_rank < dues.costs_rank, dues.principal_now, 0) as before_costs,
        if(dues.fee_rank < dues.costs_rank, dues.fee_slack_now, 0)
        + if(dues.fine_rank < dues.costs_rank, dues.fine_slack_now, 0)
        + if(dues.interest_rank < dues.costs_rank, dues.interest_slack_now, 0)
        + if(dues.principal_rank < dues.costs_rank, dues.principal_slack_now, 0) as slack_before_costs,
        if(dues.costs_rank < dues.fee_rank, dues.costs_now, 0)
        + if(dues.fine_rank < dues.fee_rank, dues.fine_now, 0)
        + if(dues.interest_rank < dues.fee_rank, payable_interest, 0)
        + if(dues.principal_rank < dues.fee_rank, dues.principal_now, 0) as before_fee,
        if(dues.costs_rank < dues.fee_rank, dues.costs_slack_now, 0)
        + if(dues.fine_rank < dues.fee_rank, dues.fine_slack_now, 0)
        + if(dues.interest_rank < dues.fee_rank, dues.interest_slack_now, 0)
        + if(dues.principal_rank < dues.fee_rank, dues.principal_slack_now, 0) as slack_before_fee,
        if(dues.costs_rank < dues.fine_rank, dues.costs_now, 0)
        + if(dues.fee_rank < dues.fine_rank, dues.fee_now, 0)
        + if(dues.interest_rank < dues.fine_rank, payable_interest, 0)
        + if(dues.principal_rank < dues.fine_rank, dues.principal_now, 0) as before_fine,
        if(dues.costs_rank < dues.fine_rank, dues.costs_slack_now, 0)
        + if(dues.fee_rank < dues.fine_rank, dues.fee_slack_now, 0)
        + if(dues.interest_rank < dues.fine_rank, dues.interest_slack_now, 0)
        + if(dues.principal_rank < dues.fine_rank, dues.principal_slack_now, 0) as slack_before_fine,
        if(dues.costs_rank < dues.interest_rank, dues.costs_now, 0)
        + if(dues.fee_rank < dues.interest_rank, dues.fee_now, 0)
        + if(dues.fine_rank < dues.interest_rank, dues.fine_now, 0)
        + if(dues.principal_rank < dues.interest_rank, dues.principal_now, 0) as before_interest,
        if(dues.costs_rank < dues.interest_rank, dues.costs_slack_now, 0)
        + if(dues.fee_rank < dues.interest_rank, dues.fee_slack_now, 0)
        + if(dues.fine_rank < dues.interest_rank, dues.fine_slack_now, 0)
        + if(dues.principal_rank < dues.interest_rank, dues.principal_slack_now, 0) as slack_before_interest,
        if(dues.costs_rank < dues.principal_rank, dues.costs_now, 0)
        + if(dues.fee_rank < dues.principal_rank, dues.fee_now, 0)
        + if(dues.fine_rank < dues.principal_rank, dues.fine_now, 0)
        + if(dues.interest_rank < dues.principal_rank, payable_interest, 0) as before_principal,
        if(dues.costs_rank < dues.principal_rank, dues.costs_slack_now, 0)
        + if(dues.fee_rank < dues.principal_rank, dues.fee_slack_now, 0)
        + if(dues.fine_rank < dues.principal_rank, dues.fine_slack_now, 0)
        + if(dues.interest_rank < dues.principal_rank, dues.interest_slack_now, 0) as slack_before_principal,
    from dues
),

takings as (
    select
        earlier_buckets.*,
        if(
            earlier_buckets.costs_rank is null,
            0,
            least(
                earlier_buckets.costs_now,
                greatest(earlier_buckets.paid - earlier_buckets.before_costs, 0)
            )
        ) as taken_costs,
        if(
            earlier_buckets.fee_rank is null,
            0,
            least(
                earlier_buckets.fee_now,
                greatest(earlier_buckets.paid - earlier_buckets.before_fee, 0)
            )
        ) as taken_fee,
        if(
            earlier_buckets.fine_rank is null,
            0,
            least(
                earlier_buckets.fine_now,
                greatest(earlier_buckets.paid - earlier_buckets.before_fine, 0)
            )
        ) as taken_fine,
        if(
            earlier_buckets.interest_rank is null,
            0,
            least(
                earlier_buckets.payable_interest,
                greatest(earlier_buckets.paid - earlier_buckets.before_interest, 0)
            )
        ) as taken_interest,
        if(
            earlier_buckets.principal_rank is null,
            0,
            least(
                earlier_buckets.principal_now,
                greatest(earlier_buckets.paid - earlier_buckets.before_principal, 0)
            )
        ) as taken_principal,
        slack_left(
            earlier_buckets.paid > 0 and earlier_buckets.costs_rank is not null,
            earlier_buckets.paid - earlier_buckets.before_costs,
            earlier_buckets.slack_before_costs,
            earlier_buckets.costs_now,
            earlier_buckets.costs_slack_now
        ) as costs_slack_left,
        slack_left(
            earlier_buckets.paid > 0 and earlier_buckets.fee_rank is not null,
            earlier_buckets.paid - earlier_buckets.before_fee,
            earlier_buckets.slack_before_fee,
            earlier_buckets.fee_now,
            earlier_buckets.fee_slack_now
        ) as fee_slack_left,
        slack_left(
            earlier_buckets.paid > 0 and earlier_buckets.fine_rank is not null,
            earlier_buckets.paid - earlier_buckets.before_fine,
            earlier_buckets.slack_before_fine,
            earlier_buckets.fine_now,
            earlier_buckets.fine_slack_now
        ) as fine_slack_left,
        slack_left(
            earlier_buckets.paid > 0 and earlier_buckets.interest_rank is not null,
            earlier_buckets.paid - earlier_buckets.before_interest,
            earlier_buckets.slack_before_interest,
            earlier_buckets.payable_interest,
            earlier_buckets.interest_slack_now
        ) as interest_slack_left,
        slack_left(
            earlier_buckets.paid > 0 and earlier_buckets.principal_rank is not null,
            earlier_buckets.paid - earlier_buckets.before_principal,
            earlier_buckets.slack_before_principal,
            earlier_buckets.principal_now,
            earlier_buckets.principal_slack_now
        ) as principal_slack_left,
        if(earlier_buckets.costs_rank is null, 0, earlier_buckets.costs_slack_now)
        + if(earlier_buckets.fee_rank is null, 0, earlier_buckets.fee_slack_now)
        + if(earlier_buckets.fine_rank is null, 0, earlier_buckets.fine_slack_now)
        + if(earlier_buckets.interest_rank is null, 0, earlier_buckets.interest_slack_now)
        + if(earlier_buckets.principal_rank is null, 0, earlier_buckets.principal_slack_now) as slack_now,
        if(earlier_buckets.costs_rank is null, 0, earlier_buckets.costs_now)
        + if(earlier_buckets.fee_rank is null, 0, earlier_buckets.fee_now)
        + if(earlier_buckets.fine_rank is null, 0, earlier_buckets.fine_now)
        + if(earlier_buckets.interest_rank is null, 0, earlier_buckets.payable_interest)
        + if(earlier_buckets.principal_rank is null, 0, earlier_buckets.principal_now) as payable,
        if(
            earlier_buckets.kind = 'credit_note',
            least(earlier_buckets.principal, earlier_buckets.amount),
            0
        ) as credited,
        if(
            earlier_buckets.kind = 'credit_note',
            greatest(earlier_buckets.amount - earlier_buckets.principal, 0),
            0
        ) as credit_left,
        earlier_buckets.paid - taken_costs - taken_fee - taken_fine - taken_interest
        - taken_principal as paid_left,
    from earlier_buckets
)

select
    takings.claim_id,
    takings.rule_no,
    takings.principal - takings.taken_principal - takings.credited as principal,
    case
        when takings.kind = 'rest' then takings.interest_now
        when takings.taken_interest = 0 then takings.capitalised
        else greatest(takings.capitalised - takings.taken_interest, 0)
    end as capitalised,
    takings.interest_now - takings.taken_interest as interest_due,
    takings.fee_now - takings.taken_fee as fee_due,
    takings.fine_now - takings.taken_fine as fine_due,
    takings.costs_now - takings.taken_costs as costs_due,
    takings.unallocated + takings.credit_left + takings.paid_left as unallocated,
    takings.interest_total + takings.accrued as interest_total,
    takings.fee_total + takings.fee_charge as fee_total,
    takings.fine_total + takings.fine_charge as fine_total,
    takings.costs_total + takings.cost_charge as costs_total,
    takings.costs_slack_left as costs_slack,
    takings.fee_slack_left as fee_slack,
    takings.fine_slack_left as fine_slack,
    takings.interest_slack_left as interest_slack,
    case
        when takings.kind <> 'credit_note' then takings.principal_slack_left
        when takings.amount >= takings.principal + takings.principal_slack_now then 0
        else takings.principal_slack_now
    end as principal_slack,
    takings.unallocated_slack
    + if(takings.credit_left > 0, takings.principal_slack_now, 0)
    + if(
        takings.paid > 0 and takings.paid + takings.slack_now > takings.payable,
        takings.slack_now,
        0
    ) as unallocated_slack,
    case
        when takings.kind = 'rest' then takings.interest_slack_now
        when takings.taken_interest = 0 then takings.capitalised_slack
        when takings.interest_now = takings.taken_interest and takings.interest_slack_left = 0
            then 0
        else takings.capitalised_slack + takings.interest_slack_now + takings.interest_slack_left
    end as capitalised_slack,
    takings.interest_total_slack + takings.accrued_slack as interest_total_slack,
    takings.lacks_rate or takings.lacks_rate_now as lacks_rate,
    takings.in_default or takings.is_charged as in_default,
    takings.kind,
    takings.taken_costs,
    takings.taken_fee,
    takings.taken_fine,
    takings.taken_interest,
    takings.taken_principal,
    takings.paid_left,
from takings
