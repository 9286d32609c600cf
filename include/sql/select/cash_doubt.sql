-- The open items of which it is uncertain whether they are paid, with the strongest doubt. What the
-- customer said goes before what we work out; a bank feed that is old is in doubt of everything.
-- Unapplied money is set off against the oldest items, which lowers what is demanded and says nothing
-- of what the money is for: money that would pay a later item whole may have been meant for it. Less
-- than the item is a part payment, and the rest is owed either way. What is left of a late payment
-- has no doubt of its own: money pays principal first, and an advice is about principal.
-- Grain: open item in doubt
-- Reads: open_item, payment_advice, unapplied_cash, receipt
-- Writes: cash_doubt
with newest_receipts as (
    select
        max(receipt.receipt_date) as newest_receipt_on,
        -- Never true where no age is set, true where not one receipt is known.
        cast($receipts_from as date) is not null
        and coalesce(max(receipt.receipt_date) < $receipts_from, true) as is_feed_old,
    from receipt
    where receipt.receipt_date
        <= cast($as_of_date as date) + cast($known_since_days as integer)
),

items as (
    select
        open_item.invoice_id,
        open_item.instalment_no,
        case
            when item_advice.advised_on is not null then 'advice_of_item'
            when customer_advice.advised_on is not null then 'advice_of_customer'
            when unapplied_cash.cash_amount
                >= open_item.dunning_exposure_amount + open_item.credited_amount
                then 'unapplied_cash'
            when newest_receipts.is_feed_old then 'bank_feed'
        end as cash_doubt,
        coalesce(item_advice.advised_on, customer_advice.advised_on) as advised_on,
        unapplied_cash.cash_amount,
        newest_receipts.newest_receipt_on,
    from open_item
    left join payment_advice as item_advice
        on open_item.customer_id = item_advice.customer_id
        and open_item.invoice_id = item_advice.invoice_id
    left join payment_advice as customer_advice
        on open_item.customer_id = customer_advice.customer_id
        and customer_advice.invoice_id is null
        and open_item.issue_date <= customer_advice.advised_on
    left join unapplied_cash
        on open_item.customer_id = unapplied_cash.customer_id
        and open_item.currency = unapplied_cash.currency
    cross join newest_receipts
    where open_item.document_type <> 'interest_claim'
)

select items.*
from items
where items.cash_doubt is not null
