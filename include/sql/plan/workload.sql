-- What there is to send and to do on either side: notices by channel, and one piece of work for
-- each customer and step that a person takes or decides about.
-- Grain: kind of work and recipient's role
-- Reads: before_notice, after_notice, before_decision, after_decision
-- Writes: nothing
with work as (
    select
        'before' as side,
        before_notice.channel as kind,
        before_notice.recipient_role as role,
        before_notice.notice_id as piece,
    from before_notice

    union all

    select 'after', after_notice.channel, after_notice.recipient_role, after_notice.notice_id
    from after_notice

    union all

    select
        'before',
        if(before_decision.channel <> 'email', before_decision.channel, 'task'),
        coalesce(before_decision.recipients, 'any'),
        before_decision.customer_id || '/' || coalesce(before_decision.step, before_decision.reason_code),
    from before_decision
    where before_decision.outcome = 'review'

    union all

    select
        'after',
        if(after_decision.channel <> 'email', after_decision.channel, 'task'),
        coalesce(after_decision.recipients, 'any'),
        after_decision.customer_id || '/' || coalesce(after_decision.step, after_decision.reason_code),
    from after_decision
    where after_decision.outcome = 'review'
)

select
    work.kind,
    work.role,
    cast(count(distinct work.piece) filter (work.side = 'before') as integer) as count_before,
    cast(count(distinct work.piece) filter (work.side = 'after') as integer) as count_after,
from work
group by work.kind, work.role
order by work.kind, work.role
