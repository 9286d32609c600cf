-- What happens to a claim, in order: interest is booked up to each event, then the event acts.
-- Costs, fee and fine are charged at the first event that follows them. Plain claims have none but
-- their end, and are not in here.
-- Grain: claim and event
-- Reads: claim_start, interest_rule, payment, credit_note, cost
-- Writes: claim_event
with eventful_claims as (
    select
        claim_start.*,
        interest_rule.compounding,
        interest_rule.fixing,
        interest_rule.end_days,
        interest_rule.unit,
    from claim_start
    inner join interest_rule on claim_start.rule_no = interest_rule.rule_no
    where claim_start.way in ('direct', 'capitalised', 'stepwise')
),

-- Nothing but the claim passes the unnest: see claim_piece.
rest_numbers as (
    select
        eventful_claims.claim_id,
        unnest(
            range(
                1,
                case eventful_claims.compounding
                    when '30d' then (
                        eventful_claims.last_interest_day - eventful_claims.first_interest_day
                    ) // 30
                    when 'month' then datediff(
                        'month',
                        eventful_claims.first_interest_day,
                        eventful_claims.last_interest_day
                    )
                    when 'year' then datediff(
                        'year',
                        eventful_claims.first_interest_day,
                        eventful_claims.last_interest_day
                    )
                end + 1
            )
        ) as rest_no,
    from eventful_claims
    where eventful_claims.compounding <> 'none'
        and eventful_claims.first_interest_day < eventful_claims.last_interest_day
),

rest_days as (
    select
        eventful_claims.claim_id,
        eventful_claims.end_days,
        eventful_claims.last_interest_day,
        rest_numbers.rest_no,
        case eventful_claims.compounding
            when '30d'
                then eventful_claims.first_interest_day + cast(30 * rest_numbers.rest_no as integer)
            when 'month' then cast(
                eventful_claims.first_interest_day
                + to_months(cast(rest_numbers.rest_no as integer)) as date
            )
            when 'year' then cast(
                eventful_claims.first_interest_day
                + to_years(cast(rest_numbers.rest_no as integer)) as date
            )
        end as rest_day,
    from rest_numbers
    inner join eventful_claims on rest_numbers.claim_id = eventful_claims.claim_id
),

movements as (
    select
        credit_note.claim_id,
        1 as kind_no,
        credit_note.credit_no as movement_no,
        credit_note.credit_date as event_date,
        cast(credit_note.amount as hugeint) as amount,
    from credit_note
    where credit_note.mode = 'from_date'

    union all

    select
        payment.claim_id,
        2 as kind_no,
        payment.payment_no as movement_no,
        payment.payment_date as event_date,
        cast(payment.amount as hugeint) as amount,
    from payment

    union all

    select
        rest_days.claim_id,
        3 as kind_no,
        rest_days.rest_no as movement_no,
        rest_days.rest_day - rest_days.end_days as event_date,
        cast(0 as hugeint) as amount,
    from rest_days
    where rest_days.rest_day <= rest_days.last_interest_day

    union all

    select
        eventful_claims.claim_id,
        4 as kind_no,
        0 as movement_no,
        eventful_claims.as_of_date as event_date,
        cast(0 as hugeint) as amount,
    from eventful_claims
),

events as (
    select
        eventful_claims.claim_id,
        eventful_claims.way,
        eventful_claims.rule_no,
        eventful_claims.day_key_base,
        eventful_claims.is_booked,
        eventful_claims.is_small,
        eventful_claims.is_frozen,
        eventful_claims.effective_due_date,
        eventful_claims.first_interest_day,
        eventful_claims.principal,
        eventful_claims.fixing = 'rest' as is_fixed_at_rests,
        eventful_claims.end_days,
        movements.kind_no,
        movements.movement_no,
        movements.event_date,
        movements.amount * eventful_claims.unit as amount,
        row_number() over events_of_claim as event_no,
        lag(movements.event_date) over events_of_claim as earlier_date,
        coalesce(
            sum(movements.amount * eventful_claims.unit) over events_before, 0
        ) as amount_before,
        count(case when movements.kind_no = 3 then 1 end) over events_before as rests_before,
        max(case when movements.kind_no = 3 then movements.event_date end) over events_before
            as rest_date,
    from eventful_claims
    inner join movements on eventful_claims.claim_id = movements.claim_id
    where movements.event_date <= eventful_claims.as_of_date
    window
        events_of_claim as (
            partition by eventful_claims.claim_id
            order by movements.event_date, movements.kind_no, movements.movement_no
        ),
        events_before as (
            partition by eventful_claims.claim_id
            order by movements.event_date, movements.kind_no, movements.movement_no
            rows between unbounded preceding and 1 preceding
        )
),

cost_amounts as (
    select
        events.claim_id,
        events.event_no,
        sum(cost.amount) as amount,
    from events
    inner join cost
        on events.claim_id = cost.claim_id
        and cost.cost_date <= events.event_date
        and (events.earlier_date is null or cost.cost_date > events.earlier_date)
    group by events.claim_id, events.event_no
)

select
    events.claim_id,
    events.way,
    events.rule_no,
    cast(events.event_no as integer) as event_no,
    -- Claims whose interest joins their base go step by step: rest by rest, or event by event.
    cast(
        case events.way
            when 'capitalised' then events.rests_before + 1
            when 'stepwise' then events.event_no
        end as integer
    ) as step_no,
    case events.kind_no
        when 1 then 'credit_note'
        when 2 then 'payment'
        when 3 then 'rest'
        when 4 then 'end'
    end as kind,
    events.event_date,
    events.amount,
    cast(events.principal - events.amount_before as hugeint) as principal_before,
    events.day_key_base + (
        greatest(events.first_interest_day, events.earlier_date + events.end_days)
        - date '1970-01-01'
    ) as from_key,
    events.day_key_base + (events.event_date + events.end_days - 1 - date '1970-01-01') as until_key,
    case
        when events.is_frozen then events.day_key_base + (
            case
                when events.is_fixed_at_rests
                    then coalesce(events.rest_date + events.end_days, events.first_interest_day)
                else events.first_interest_day
            end - date '1970-01-01'
        )
    end as rate_key,
    events.is_booked,
    events.is_small,
    events.event_date > events.effective_due_date
    and coalesce(events.earlier_date <= events.effective_due_date, true) as charges_fee,
    coalesce(cost_amounts.amount, 0) as cost_amount,
from events
left join cost_amounts
    on events.claim_id = cost_amounts.claim_id
    and events.event_no = cost_amounts.event_no
