-- More receipts of the last night are gone or smaller tonight than people delete and correct in a day.
-- What came instead of them, under another id, makes up for them.
-- Grain: currency that fell
-- Reads: receipt, earlier_receipt, night
-- Writes: check_result
with earlier_receipts as (
    select earlier_receipt.*
    from earlier_receipt
    cross join night
    where earlier_receipt.receipt_date <= night.earlier_date
),

receipts as (
    select receipt.*
    from receipt
    cross join night
    where receipt.receipt_date <= night.earlier_date
),

earlier_sums as (
    select
        earlier_receipts.currency,
        count(*) as receipts,
        sum(earlier_receipts.amount) as amount,
        count(*) filter (
            where receipts.receipt_id is null or receipts.amount < earlier_receipts.amount
        ) as fallen,
    from earlier_receipts
    left join receipts
        on earlier_receipts.receipt_id = receipts.receipt_id
        and earlier_receipts.currency = receipts.currency
    group by earlier_receipts.currency
),

sums as (
    select receipts.currency, count(*) as receipts, sum(receipts.amount) as amount
    from receipts
    group by receipts.currency
)

select
    earlier_sums.currency as subject,
    'received by the last night: then ' || earlier_sums.amount || ', now '
    || coalesce(sums.amount, 0) || '; ' || earlier_sums.fallen || ' of '
    || earlier_sums.receipts || ' receipts are gone or smaller' as finding,
from earlier_sums
left join sums on earlier_sums.currency = sums.currency
where earlier_sums.fallen
    > greatest($fallen_receipts_min, earlier_sums.receipts * $fallen_share_max)
    and (
        coalesce(sums.receipts, 0) < earlier_sums.receipts
        or coalesce(sums.amount, 0) < earlier_sums.amount
    )
