-- The items of tonight's letters by post: what waits for the letter of the work list, by customer and
-- currency. A step that claims demands interest and compensation too, but for what nobody confirmed.
-- Grain: open item that waits for a posted letter
-- Reads: work_list, decision, open_item
-- Writes: letter_item
select
    work_list.customer_id || '/' || work_list.currency as letter_id,
    decision.invoice_id,
    decision.instalment_no,
    decision.step as item_step,
    decision.invoice_number,
    open_item.issue_date,
    decision.due_date,
    decision.days_past_due,
    decision.currency,
    open_item.original_amount,
    decision.open_amount,
    decision.dunning_exposure_amount,
    decision.document_type,
    open_item.interest_amount,
    open_item.fixed_fee_amount,
    open_item.fine_amount,
    open_item.needs_confirmation,
    open_item.legal_basis,
    cast(
        case
            when list_contains($claiming_steps, work_list.policy_name || '/' || work_list.step)
                and not open_item.needs_confirmation
                then coalesce(open_item.interest_amount + open_item.compensation_amount, 0)
            else 0
        end as decimal(38, 4)
    ) as claimed_amount,
from work_list
inner join decision
    on work_list.customer_id = decision.customer_id
    and work_list.currency = decision.currency
    and list_contains(string_split(work_list.reason_codes, ', '), decision.reason_code)
inner join open_item
    on decision.invoice_id = open_item.invoice_id
    and decision.instalment_no = open_item.instalment_no
where work_list.kind = 'letter'
