-- More receipts of the last night are gone or smaller tonight than people delete and correct in a day.
-- What came instead of them, under another id, makes up for them.
-- Grain: currency
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
),

limits as (
    select
        earlier_sums.currency,
        greatest(
            cast($fallen_receipts_min as integer),
            cast(floor(earlier_sums.receipts * $fallen_share_max) as bigint)
        ) as fallen_max,
    from earlier_sums
)

select
    coalesce(earlier_sums.currency, 'receipt') as subject,
    case
        when night.earlier_date is null then 'no_history'
        when earlier_sums.fallen > limits.fallen_max
            and (
                coalesce(sums.receipts, 0) < earlier_sums.receipts
                or coalesce(sums.amount, 0) < earlier_sums.amount
            )
            then 'stop'
        else 'pass'
    end as outcome,
    coalesce(
        earlier_sums.fallen || ' of ' || earlier_sums.receipts
        || ' receipts of the last sound night are gone or smaller, then ' || earlier_sums.amount
        || ', now ' || coalesce(sums.amount, 0) || '; trips above ' || limits.fallen_max,
        'there were none'
    ) as finding,
from night
left join earlier_sums on true
left join sums on earlier_sums.currency = sums.currency
left join limits on earlier_sums.currency = limits.currency
