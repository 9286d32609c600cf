-- Money of each customer that is set against no invoice: unapplied receipts and overpayments, and
-- receipts of the days right after, as the dunning exposure has them. A credit note is no money:
-- nobody doubts what was paid because of it.
-- Grain: customer and currency
-- Reads: credit_item, receipt, customer_policy
-- Writes: unapplied_cash
with money as (
    select credit_item.customer_id, credit_item.currency, -credit_item.amount as amount
    from credit_item
    where credit_item.kind <> 'credit_note'

    union all

    select receipt.customer_id, receipt.currency, receipt.amount
    from receipt
    inner join customer_policy on receipt.customer_id = customer_policy.customer_id
    where receipt.receipt_date > $as_of_date
        and receipt.receipt_date <= cast($as_of_date as date) + customer_policy.known_since_days
)

select
    money.customer_id,
    money.currency,
    cast(sum(money.amount) as decimal(38, 4)) as cash_amount,
from money
group by money.customer_id, money.currency
having sum(money.amount) > 0
