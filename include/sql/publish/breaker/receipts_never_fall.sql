-- What was received by the end of the last night cannot be less tonight than it was then.
-- Grain: currency that fell
-- Reads: receipt, earlier_receipt, night
-- Writes: check_result
with earlier_sums as (
    select earlier_receipt.currency, count(*) as receipts, sum(earlier_receipt.amount) as amount
    from earlier_receipt
    cross join night
    where earlier_receipt.receipt_date <= night.earlier_date
    group by earlier_receipt.currency
),

sums as (
    select receipt.currency, count(*) as receipts, sum(receipt.amount) as amount
    from receipt
    cross join night
    where receipt.receipt_date <= night.earlier_date
    group by receipt.currency
)

select
    earlier_sums.currency as subject,
    'received by the last night: then ' || earlier_sums.amount || ', now '
    || coalesce(sums.amount, 0) as finding,
from earlier_sums
left join sums on earlier_sums.currency = sums.currency
where coalesce(sums.receipts, 0) < earlier_sums.receipts
    or coalesce(sums.amount, 0) < earlier_sums.amount
