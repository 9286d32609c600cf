-- The customers who would get another notice, one more or one less: by steps, then by the way it goes,
-- then by what it demands.
-- Grain: customer that differs
-- Reads: before_notice, after_notice
-- Writes: nothing
with notices as (
    select 'before' as side, before_notice.* from before_notice
    union all by name
    select 'after' as side, after_notice.* from after_notice
),

contacts as (
    select
        notices.side,
        notices.customer_id,
        array_to_string(list_sort(list(distinct notices.step)), ', ') as steps,
        array_to_string(
            list_sort(list(distinct notices.channel || ' to ' || notices.recipient_role)), ', '
        ) as ways,
        array_to_string(
            list_sort(list(notices.currency || ' ' || notices.demanded_amount || ' for '
                || notices.item_count || ' in ' || notices.step)),
            ', '
        ) as demands,
    from notices
    group by notices.side, notices.customer_id
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
