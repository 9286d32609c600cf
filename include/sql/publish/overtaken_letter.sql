-- Waiting letters of earlier nights that ask for what is no longer to be asked for, for another amount,
-- or for what is due on another day, or from another customer, by now.
-- Grain: notice
-- Reads: waiting_item, earlier_notice_item, decision
-- Writes: the outbox
with overtaken_items as (
    select
        waiting_item.notice_id,
        case
            when decision.invoice_id is null
                or decision.document_type = 'interest_claim'
                and coalesce(earlier_notice_item.document_type <> 'interest_claim', true)
                then 'PAID'
            when decision.reason_code <> 'NOTICE_IN_FLIGHT' then decision.reason_code
            when decision.customer_id <> earlier_notice_item.customer_id
                or decision.currency <> earlier_notice_item.currency
                or decision.due_date <> earlier_notice_item.due_date
                then 'ITEM_CHANGED'
            else 'AMOUNT_CHANGED'
        end as reason,
    from waiting_item
    left join earlier_notice_item
        on waiting_item.as_of_date = earlier_notice_item.as_of_date
        and waiting_item.invoice_id = earlier_notice_item.invoice_id
        and waiting_item.instalment_no = earlier_notice_item.instalment_no
    left join decision
        on waiting_item.invoice_id = decision.invoice_id
        and waiting_item.instalment_no = decision.instalment_no
    where decision.invoice_id is null
        or decision.reason_code <> 'NOTICE_IN_FLIGHT'
        or coalesce(
            decision.document_type <> earlier_notice_item.document_type,
            decision.document_type = 'interest_claim'
        )
        or coalesce(
            case
                when earlier_notice_item.document_type = 'interest_claim'
                    then decision.dunning_exposure_amount
                        < earlier_notice_item.dunning_exposure_amount
                        + earlier_notice_item.claimed_amount
                else decision.dunning_exposure_amount
                    <> earlier_notice_item.dunning_exposure_amount
            end,
            true
        )
        or decision.customer_id <> earlier_notice_item.customer_id
        or decision.currency <> earlier_notice_item.currency
        or decision.due_date <> earlier_notice_item.due_date
)

select
    overtaken_items.notice_id,
    min(overtaken_items.reason) as reason,
from overtaken_items
group by overtaken_items.notice_id
order by overtaken_items.notice_id
