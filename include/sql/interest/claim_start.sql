-- When each claim falls due and starts to bear interest, what it is then (credited ab initio), and
-- how it is worked out. `plain`: nothing happens to it. `direct`: whatever is paid or credited goes
-- to the principal, so the base is known from the start. `capitalised`: so it does, and interest
-- joins the base at rests. `stepwise`: what a payment goes to depends on what has accrued, or
-- fractions are kept through rests: event after event. `refused`: its numbers could outgrow 128
-- bits (doubles serve for the bounds alone).
-- Grain: claim
-- Reads: claim, payment, credit_note, cost, interest_rule, rule_bound, rule_day
-- Writes: claim_start
with due_claims as (
    select
        claim.claim_id,
        claim.as_of_date,
        cast(claim.principal as hugeint) as full_amount,
        case
            when interest_rule.is_shifted then rule_day.next_business_day
            else claim.due_date
        end as effective_due_date,
        interest_rule.rule_no,
        interest_rule.day_key_base,
        interest_rule.offset_days,
        interest_rule.end_days,
        interest_rule.unit,
        interest_rule.rounding_stage,
        interest_rule.compounding,
        interest_rule.fixing,
        interest_rule.costs_rank < interest_rule.principal_rank as puts_costs_first,
        interest_rule.fee_rank < interest_rule.principal_rank and interest_rule.has_fee
        or interest_rule.fine_rank < interest_rule.principal_rank
        and interest_rule.fine_numerator > 0 as puts_charges_first,
        interest_rule.interest_rank < interest_rule.principal_rank as puts_interest_first,
        interest_rule.principal_rank is null as pays_no_principal,
        cast(interest_rule.denominator as double) as denominator,
        greatest(claim.as_of_date - claim.due_date + 33, 1) as days_max,
        rule_bound.largest_day * interest_rule.base_factor
        * greatest(claim.as_of_date - claim.due_date + 33, 1) as numerator,
    from claim
    inner join interest_rule on claim.rule_id = interest_rule.rule_id
    inner join rule_bound on interest_rule.rule_no = rule_bound.rule_no
    inner join rule_day
        on interest_rule.day_key_base + (claim.due_date - date '1970-01-01') = rule_day.day_key
),

movements as (
    select payment.claim_id, payment.payment_date as movement_date, payment.amount, 'payment' as kind
    from payment

    union all

    select
        credit_note.claim_id,
        credit_note.credit_date as movement_date,
        credit_note.amount,
        credit_note.mode as kind,
    from credit_note

    union all

    select cost.claim_id, cost.cost_date as movement_date, cost.amount, 'cost' as kind
    from cost
),

moved_amounts as (
    select
        movements.claim_id,
        sum(movements.amount) filter (where movements.kind = 'ab_initio') as credit_amount,
        sum(movements.amount) filter (where movements.kind = 'cost') as cost_amount,
        sum(movements.amount) filter (where movements.kind in ('payment', 'from_date'))
            as moved_amount,
        sum(movements.amount) filter (
            where movements.kind in ('payment', 'from_date')
            and movements.movement_date <= due_claims.effective_due_date
        ) as amount_in_time,
        sum(movements.amount) as all_amounts,
        max(movements.movement_date) filter (where movements.kind = 'payment') as last_payment_date,
    from movements
    inner join due_claims on movements.claim_id = due_claims.claim_id
    where movements.movement_date <= due_claims.as_of_date
    group by movements.claim_id
),

moved_claims as (
    select
        due_claims.*,
        coalesce(moved_amounts.credit_amount, 0) as credit_amount,
        coalesce(moved_amounts.cost_amount, 0) as cost_amount,
        moved_amounts.moved_amount,
        coalesce(moved_amounts.amount_in_time, 0) as amount_in_time,
        moved_amounts.last_payment_date,
        due_claims.effective_due_date + due_claims.offset_days as first_interest_day,
        due_claims.as_of_date - 1 + due_claims.end_days as last_interest_day,
        -- Each day may round up once, unless only the end is rounded.
        cast(coalesce(moved_amounts.all_amounts, 0) as double) + (
            abs(cast(due_claims.full_amount as double))
            + case when due_claims.rounding_stage = 'final' then 0 else due_claims.days_max end
        ) * case
            when due_claims.compounding = 'none'
                then 1 + due_claims.numerator / due_claims.denominator
            else exp(least(due_claims.numerator / due_claims.denominator, 100))
        end as largest_amount,
    from due_claims
    left join moved_amounts on due_claims.claim_id = moved_amounts.claim_id
),

ways as (
    select
        moved_claims.*,
        greatest(moved_claims.full_amount - moved_claims.credit_amount, 0) as whole_principal,
        case moved_claims.compounding
            when '30d' then moved_claims.first_interest_day + 30 <= moved_claims.last_interest_day
            when 'month'
                then moved_claims.first_interest_day + to_months(1) <= moved_claims.last_interest_day
            when 'year'
                then moved_claims.first_interest_day + to_years(1) <= moved_claims.last_interest_day
            else false
        end as has_rests,
        moved_claims.largest_amount * case
            when moved_claims.rounding_stage = 'final' then cast(moved_claims.unit as double)
            else greatest(moved_claims.numerator, 1)
        end > 1e38
        or moved_claims.rounding_stage = 'final'
        and (
            moved_claims.denominator > 1e25
            or moved_claims.denominator * moved_claims.numerator > 1e50
        ) as is_too_large,
        moved_claims.last_payment_date is not null
        and (
            moved_claims.pays_no_principal
            or moved_claims.cost_amount > 0 and coalesce(moved_claims.puts_costs_first, false)
            or moved_claims.last_payment_date > moved_claims.effective_due_date
            and coalesce(moved_claims.puts_charges_first, false)
            or moved_claims.last_payment_date + moved_claims.end_days
            > moved_claims.first_interest_day
            and coalesce(moved_claims.puts_interest_first, false)
        ) as pays_more_than_principal,
    from moved_claims
),

sized_claims as (
    select
        ways.*,
        case when ways.is_too_large then 0 else ways.unit end as safe_unit,
    from ways
)

select
    sized_claims.claim_id,
    sized_claims.rule_no,
    sized_claims.day_key_base,
    sized_claims.as_of_date,
    sized_claims.effective_due_date,
    sized_claims.first_interest_day,
    sized_claims.last_interest_day,
    sized_claims.safe_unit * sized_claims.whole_principal as principal,
    sized_claims.safe_unit
    * greatest(sized_claims.credit_amount - sized_claims.full_amount, 0) as unallocated,
    sized_claims.safe_unit * sized_claims.cost_amount as costs,
    sized_claims.safe_unit * coalesce(sized_claims.moved_amount, 0) as moved_amount,
    case
        when sized_claims.as_of_date > sized_claims.effective_due_date
            then sized_claims.safe_unit
            * greatest(sized_claims.whole_principal - sized_claims.amount_in_time, 0)
        else 0
    end as charged_principal,
    case
        when sized_claims.is_too_large then 'refused'
        when sized_claims.pays_more_than_principal
            or sized_claims.moved_amount > sized_claims.whole_principal
            or sized_claims.has_rests and sized_claims.unit > 1
            then 'stepwise'
        when sized_claims.has_rests then 'capitalised'
        when sized_claims.moved_amount is not null then 'direct'
        else 'plain'
    end as way,
    sized_claims.unit = 1
    and sized_claims.denominator < 4e18
    and sized_claims.largest_amount * greatest(sized_claims.numerator, 1) < 4e18 as is_small,
    sized_claims.rounding_stage = 'booking' as is_booked,
    sized_claims.fixing in ('halfyear_frozen', 'start_frozen', 'rest') as is_frozen,
from sized_claims
