-- Tonight's notices: what is asked of whom. Open amounts less what the customer has to its credit
-- is the amount demanded, with interest and compensation where the step claims them.
-- Grain: notice and currency
-- Reads: notice_item, notice_key, customer_policy, recipient, policy_step
-- Writes: notice
select
    notice_key.notice_id,
    notice_item.as_of_date,
    notice_item.legal_entity_id,
    notice_item.customer_id,
    notice_item.notice_step as step,
    notice_item.cycle,
    notice_key.generation,
    customer_policy.policy_name,
    policy_step.channel,
    policy_step.tone,
    recipient.contact_id,
    recipient.role as recipient_role,
    coalesce(recipient.language, 'en') as language,
    notice_item.currency,
    cast(count(*) as integer) as item_count,
    cast(sum(notice_item.open_amount) as decimal(38, 4)) as open_amount,
    cast(
        sum(notice_item.dunning_exposure_amount - notice_item.open_amount) as decimal(38, 4)
    ) as credit_amount,
    cast(
        sum(notice_item.dunning_exposure_amount + notice_item.claimed_amount) as decimal(38, 4)
    ) as demanded_amount,
    cast(sum(notice_item.interest_amount) as decimal(38, 4)) as interest_amount,
    cast(sum(notice_item.compensation_amount) as decimal(38, 4)) as compensation_amount,
    cast(sum(notice_item.claimed_amount) as decimal(38, 4)) as claimed_amount,
    policy_step.interest_mode,
    bool_or(notice_item.needs_confirmation) as needs_confirmation,
from notice_item
inner join notice_key
    on notice_item.customer_id = notice_key.customer_id
    and notice_item.notice_step = notice_key.step
    and notice_item.cycle = notice_key.cycle
inner join customer_policy on notice_item.customer_id = customer_policy.customer_id
inner join policy_step
    on customer_policy.policy_name = policy_step.policy_name
    and notice_item.notice_step = policy_step.step
inner join recipient
    on notice_item.customer_id = recipient.customer_id
    and policy_step.recipients = recipient.recipients
group by all
