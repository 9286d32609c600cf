-- The customers for whom another step would be taken, one more or one less, by a notice or by a person:
-- by steps, then by the way they go, then by what they demand.
-- Grain: customer that differs
-- Reads: before_notice, after_notice, before_decision, after_decision
-- Writes: nothing
with notices as (
    select 'before' as side, before_notice.* from before_notice
    union all by name
    select 'after' as side, after_notice.* from after_notice
),

decisions as (
    select 'before' as side, before_decision.* from before_decision
    union all by name
    select 'after' as side, after_decision.* from after_decision
),

steps as (
    select
        notices.side,
        notices.customer_id,
        notices.step,
        notices.channel || ' to ' || notices.recipient_role
            || coalesce(', with the consent of ' || notices.approval_role, '') as way,
        notices.currency || ' ' || notices.demanded_amount || ' for ' || notices.item_count as demand,
    from notices

    union all

    select
        decisions.side,
        decisions.customer_id,
        decisions.step,
        any_value(decisions.channel || ' to ' || decisions.recipients) as way,
        decisions.currency || ' ' || sum(decisions.dunning_exposure_amount) || ' for ' || count(*)
            as demand,
    from decisions
    where decisions.outcome = 'review'
        and decisions.channel <> 'email'
        and decisions.step is not null
    group by decisions.side, decisions.customer_id, decisions.step, decisions.currency
),

contacts as (
    select
        steps.side,
        steps.customer_id,
        array_to_string(list_sort(list(distinct steps.step)), ', ') as steps,
        array_to_string(list_sort(list(distinct steps.way)), ', ') as ways,
        array_to_string(list_sort(list(steps.demand || ' in ' || steps.step)), ', ') as demands,
    from steps
    group by steps.side, steps.customer_id
),

before_contacts as (
    select contacts.* from contacts where contacts.side = 'before'
),

after_contacts as (
    select contacts.* from contacts where contacts.side = 'after'
)

select
    coalesce(after_contacts.customer_id, before_contacts.customer_id) as customer_id,
    case
        when before_contacts.customer_id is null then 'contacted'
        when after_contacts.customer_id is null then 'no longer contacted'
        when before_contacts.steps <> after_contacts.steps then 'another step'
        when before_contacts.ways <> after_contacts.ways then 'another way'
        else 'another amount'
    end as change,
    before_contacts.steps as steps_before,
    after_contacts.steps as steps_after,
    before_contacts.ways as ways_before,
    after_contacts.ways as ways_after,
    before_contacts.demands as demands_before,
    after_contacts.demands as demands_after,
from before_contacts
full outer join after_contacts on before_contacts.customer_id = after_contacts.customer_id
where before_contacts.steps is distinct from after_contacts.steps
    or before_contacts.ways is distinct from after_contacts.ways
    or before_contacts.demands is distinct from after_contacts.demands
order by customer_id
