-- Customers that a person hears before they are written to again: who replied lately, and who complained
-- of our mail. Of the business days after a reply none of the policy's sees a letter; what a person
-- dismissed pauses nothing, and a complaint holds until a person resolved it.
-- Grain: customer
-- Reads: inbound_message, customer_policy, business_day
-- Writes: customer_reply
with leaving_days as (
    select
        business_day.country,
        business_day.number,
    from business_day
    where business_day.day = cast($as_of_date as date) + 1
),

replies as (
    select
        inbound_message.customer_id,
        inbound_message.kind,
        inbound_message.state,
        cast(inbound_message.received_at as date) as replied_on,
        customer_policy.country,
        business_day.number + customer_policy.reply_pause_days as pause_ends_after,
    from inbound_message
    inner join customer_policy on inbound_message.customer_id = customer_policy.customer_id
    left join business_day
        on customer_policy.country = business_day.country
        and cast(inbound_message.received_at as date) = business_day.day
    where inbound_message.state <> 'dismissed'
),

standing_replies as (
    select
        replies.*,
        replies.kind = 'complaint' as is_complaint,
    from replies
    inner join leaving_days on replies.country = leaving_days.country
    where (replies.kind = 'complaint' and replies.state = 'new')
        or (replies.kind = 'reply' and leaving_days.number <= replies.pause_ends_after)
)

select
    standing_replies.customer_id,
    max(standing_replies.replied_on) as replied_on,
    bool_or(standing_replies.is_complaint) as is_complaining,
    bool_or(standing_replies.state = 'new' and not standing_replies.is_complaint) as is_reply_new,
    min(business_day.day) as pause_ends_on,
from standing_replies
left join business_day
    on standing_replies.country = business_day.country
    and not standing_replies.is_complaint
    and standing_replies.pause_ends_after < business_day.number
    and business_day.is_business_day
group by standing_replies.customer_id
