-- What is owed by age.
-- Grain: currency and bucket
-- Reads: open_item, aging_bucket
-- Writes: the status
select
    open_item.currency,
    open_item.aging_bucket,
    count(*) as items,
    sum(open_item.open_amount) as open_amount,
from open_item
inner join aging_bucket on open_item.aging_bucket = aging_bucket.aging_bucket
where open_item.document_type <> 'interest_claim'
group by open_item.currency, open_item.aging_bucket, aging_bucket.bucket_no
order by open_item.currency, aging_bucket.bucket_no
