-- Tonight's notices: what is asked of whom. Open amounts less what the customer has to its credit
-- is the amount demanded, with interest and compensation where the step claims them. Where it is above
-- the step's limit in one of its currencies, or that has none, the whole notice waits for the role named.
-- Grain: notice and currency
-- Reads: notice_item, notice_key, customer_policy, recipient, policy_step, approval_limit
-- Writes: notice
with asked_amounts as (
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
        policy_step.approval_role as steps_approval_role,
        approval_limit.limit_amount,
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
    left join approval_limit
        on policy_step.policy_name = approval_limit.policy_name
        and policy_step.step = approval_limit.step
        and notice_item.currency = approval_limit.currency
    group by all
)

select
    asked_amounts.* exclude (steps_approval_role, limit_amount),
    case
        when bool_or(coalesce(asked_amounts.demanded_amount > asked_amounts.limit_amount, true))
            over (partition by asked_amounts.notice_id)
            then asked_amounts.steps_approval_role
    end as approval_role,
from asked_amounts
