-- What is owed by age, per currency.
-- Grain: currency and bucket
-- Reads: aging_snapshot, aging_bucket
-- Writes: the workbook
select
    aging_snapshot.currency,
    aging_bucket.aging_bucket,
    count(*) filter (where aging_snapshot.open_amount > 0) as items,
    sum(aging_snapshot.open_amount) as open_amount,
    sum(aging_snapshot.disputed_amount) as disputed_amount,
    sum(aging_snapshot.promised_amount) as promised_amount,
    sum(aging_snapshot.on_plan_amount) as on_plan_amount,
    sum(aging_snapshot.interest_amount) as interest_amount,
    sum(aging_snapshot.compensation_amount) as compensation_amount,
    sum(aging_snapshot.open_amount_group) as open_amount_group,
from aging_snapshot
inner join aging_bucket on aging_snapshot.aging_bucket = aging_bucket.aging_bucket
group by aging_snapshot.currency, aging_bucket.aging_bucket, aging_bucket.bucket_no
order by aging_snapshot.currency, aging_bucket.bucket_no
limit $rows_max
