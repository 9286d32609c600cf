-- The items of tonight's notices: one notice a customer for what is overdue, one for what falls due.
-- The oldest item of the highest step sets the step of the notice and names its cycle.
-- Grain: open item selected
-- Reads: decision, open_item, policy_step
-- Writes: notice_item
with selected_items as (
    select
        decision.*,
        not decision.is_before_due as is_overdue,
    from decision
    where decision.outcome = 'selected'
),

led_items as (
    select
        selected_items.*,
        first_value(selected_items.step) over leaders as notice_step,
        first_value(
            selected_items.invoice_id || '/' || selected_items.instalment_no
        ) over leaders as cycle,
    from selected_items
    window leaders as (
        partition by selected_items.customer_id, selected_items.is_overdue
        order by
            selected_items.step_no desc,
            selected_items.document_type = 'interest_claim',
            selected_items.due_date,
            selected_items.invoice_id,
            selected_items.instalment_no
    )
)

-- Of a late payment no principal is owed: what is to its customer's credit lowers the claim.
select
    led_items.as_of_date,
    led_items.legal_entity_id,
    led_items.customer_id,
    led_items.notice_step,
    led_items.cycle,
    led_items.invoice_id,
    led_items.instalment_no,
    led_items.step as item_step,
    led_items.invoice_number,
    open_item.issue_date,
    led_items.due_date,
    led_items.days_past_due,
    led_items.currency,
    open_item.original_amount,
    led_items.open_amount,
    led_items.document_type,
    case
        when led_items.document_type = 'interest_claim' then -open_item.credited_amount
        else led_items.dunning_exposure_amount
    end as dunning_exposure_amount,
    open_item.interest_amount,
    open_item.fixed_fee_amount,
    open_item.fine_amount,
    open_item.compensation_amount,
    open_item.needs_confirmation,
    open_item.legal_basis,
    cast(
        case
            when policy_step.interest_mode = 'claim' and not open_item.needs_confirmation
                then coalesce(open_item.interest_amount + open_item.compensation_amount, 0)
            else 0
        end as decimal(38, 4)
    ) as claimed_amount,
from led_items
inner join policy_step
    on led_items.policy_name = policy_step.policy_name
    and led_items.notice_step = policy_step.step
inner join open_item
    on led_items.invoice_id = open_item.invoice_id
    and led_items.instalment_no = open_item.instalment_no
