-- Notices list exactly the items that were selected, each with its amount, and ask for their sum.
-- Grain: item or notice that differs
-- Reads: notice, notice_item, decision
-- Writes: check_result
with amounts as (
    select
        notice_item.customer_id || ' ' || notice_item.invoice_id || '/'
        || notice_item.instalment_no || ' ' || notice_item.currency as subject,
        notice_item.dunning_exposure_amount + case
            when notice_item.document_type = 'interest_claim' then notice_item.claimed_amount
            else 0
        end as amount,
    from notice_item

    union all

    select
        decision.customer_id || ' ' || decision.invoice_id || '/' || decision.instalment_no
        || ' ' || decision.currency as subject,
        -decision.dunning_exposure_amount as amount,
    from decision
    where decision.outcome = 'selected'

    union all

    select
        notice.customer_id || ' ' || notice.step || ' ' || notice.currency as subject,
        notice.demanded_amount as amount,
    from notice

    union all

    select
        notice_item.customer_id || ' ' || notice_item.notice_step || ' ' || notice_item.currency
            as subject,
        -notice_item.dunning_exposure_amount - notice_item.claimed_amount as amount,
    from notice_item
)

select
    amounts.subject,
    sum(amounts.amount) as difference,
from amounts
group by amounts.subject
having sum(amounts.amount) <> 0
