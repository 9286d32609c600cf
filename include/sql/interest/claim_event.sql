-- What happens to a claim, in order: interest is booked up to each event, then the event acts.
-- Costs, fee and fine are charged at the first event that follows them.
-- Grain: claim and event
-- Reads: claim_start, interest_rule, payment, credit_note, cost
-- Writes: claim_event
with rests as (
    select
        claim_start.claim_id,
        interest_rule.compounding,
        claim_start.first_interest_day,
        claim_start.last_interest_day,
        interest_rule.end_days,
        unnest(
            range(
                1,
                case interest_rule.compounding
                    when '30d'
                        then (claim_start.last_interest_day - claim_start.first_interest_day) // 30
                    when 'month' then datediff(
                        'month', claim_start.first_interest_day, claim_start.last_interest_day
                    )
                    when 'year' then datediff(
                        'year', claim_start.first_interest_day, claim_start.last_interest_day
                    )
                end + 1
            )
        ) as rest_no,
    from claim_start
    inner join interest_rule on claim_start.rule_id = interest_rule.rule_id
    where interest_rule.compounding <> 'none'
        and claim_start.first_interest_day < claim_start.last_interest_day
),

rest_days as (
    select
        rests.*,
        case rests.compounding
            when '30d' then rests.first_interest_day + cast(30 * rests.rest_no as integer)
            when 'month'
                then cast(rests.first_interest_day + to_months(cast(rests.rest_no as integer)) as date)
            when 'year'
                then cast(rests.first_interest_day + to_years(cast(rests.rest_no as integer)) as date)
        end as rest_day,
    from rests
),

movements as (
    select
        credit_note.claim_id,
        'credit_note' as kind,
        1 as kind_no,
        credit_note.credit_no as movement_no,
        credit_note.credit_date as event_date,
        cast(credit_note.amount as hugeint) as amount,
    from credit_note
    where credit_note.mode = 'from_date'

    union all

    select
        payment.claim_id,
        'payment' as kind,
        2 as kind_no,
        payment.payment_no as movement_no,
        payment.payment_date as event_date,
        cast(payment.amount as hugeint) as amount,
    from payment

    union all

    select
        rest_days.claim_id,
        'rest' as kind,
        3 as kind_no,
        rest_days.rest_no as movement_no,
        rest_days.rest_day - rest_days.end_days as event_date,
        cast(0 as hugeint) as amount,
    from rest_days
    where rest_days.rest_day <= rest_days.last_interest_day

    union all

    select
        claim_start.claim_id,
        'end' as kind,
        4 as kind_no,
        0 as movement_no,
        claim_start.as_of_date as event_date,
        cast(0 as hugeint) as amount,
    from claim_start
),

events as (
    select
        claim_start.claim_id,
        claim_start.rule_id,
        claim_start.effective_due_date,
        claim_start.first_interest_day,
        interest_rule.fixing,
        interest_rule.end_days,
        movements.kind,
        movements.movement_no,
        movements.event_date,
        movements.amount * interest_rule.unit as amount,
        row_number() over (
            partition by claim_start.claim_id
            order by movements.event_date, movements.kind_no, movements.movement_no
        ) as event_no,
    from claim_start
    inner join movements on claim_start.claim_id = movements.claim_id
    inner join interest_rule on claim_start.rule_id = interest_rule.rule_id
    where movements.event_date <= claim_start.as_of_date
        and not claim_start.is_too_large
),

earlier_events as (
    select
        events.*,
        lag(events.event_date) over events_of_claim as earlier_date,
        max(case when events.kind = 'rest' then events.event_date + events.end_days end) over (
            events_of_claim rows between unbounded preceding and 1 preceding
        ) as rest_day,
    from events
    window events_of_claim as (partition by events.claim_id order by events.event_no)
),

cost_amounts as (
    select
        earlier_events.claim_id,
        earlier_events.event_no,
        sum(cost.amount) as amount,
    from earlier_events
    inner join cost
        on earlier_events.claim_id = cost.claim_id
        and cost.cost_date <= earlier_events.event_date
        and (earlier_events.earlier_date is null or cost.cost_date > earlier_events.earlier_date)
    group by earlier_events.claim_id, earlier_events.event_no
)

select
    earlier_events.claim_id,
    earlier_events.rule_id,
    earlier_events.event_no,
    earlier_events.kind,
    earlier_events.movement_no,
    earlier_events.event_date,
    earlier_events.amount,
    greatest(
        earlier_events.first_interest_day, earlier_events.earlier_date + earlier_events.end_days
    ) as from_day,
    earlier_events.event_date + earlier_events.end_days - 1 as until_day,
    case
        when earlier_events.fixing in ('halfyear_frozen', 'start_frozen')
            then earlier_events.first_interest_day
        when earlier_events.fixing = 'rest'
            then coalesce(earlier_events.rest_day, earlier_events.first_interest_day)
    end as rate_day,
    earlier_events.event_date > earlier_events.effective_due_date
    and coalesce(
        earlier_events.earlier_date <= earlier_events.effective_due_date, true
    ) as charges_fee,
    coalesce(cost_amounts.amount, 0) as cost_amount,
from earlier_events
left join cost_amounts
    on earlier_events.claim_id = cost_amounts.claim_id
    and earlier_events.event_no = cost_amounts.event_no
