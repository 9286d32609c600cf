-- What later nights compare themselves with. It follows from the night's own files alone.
-- Grain: measure and subject
-- Reads: night, business_day, open_item, notice, notice_item, receipt and every other table of the ledger
-- Writes: breaker_measure
with newest_receipts as (
    select max(receipt.receipt_date) as receipt_date
    from receipt
    cross join night
    where receipt.receipt_date <= night.as_of_date
),

booked_days as (
    select max(business_day.number) - cast($receipts_lag_days as integer) as number
    from business_day
    inner join night on business_day.day = night.as_of_date
),

items as (
    select
        open_item.currency,
        open_item.open_amount,
        coalesce(open_item.days_past_due > 0, false) as is_overdue,
    from open_item
    where open_item.document_type <> 'interest_claim'
),

counted_rows as (
    select 'customer' as subject, count(*) as row_count from customer
    union all select 'contact', count(*) from contact
    union all select 'invoice', count(*) from invoice
    union all select 'instalment', count(*) from instalment
    union all select 'receipt', count(*) from receipt
    union all select 'exchange_rate', count(*) from exchange_rate
    union all select 'allocation', count(*) from allocation
    union all select 'dispute', count(*) from dispute
    union all select 'promise', count(*) from promise
    union all select 'agreement', count(*) from agreement
    union all select 'agreement_instalment', count(*) from agreement_instalment
    union all select 'hold', count(*) from hold
    union all select 'contact_event', count(*) from contact_event
    union all select 'ledger_balance', count(*) from ledger_balance
),

measures as (
    select
        'receipts_age' as measure,
        'receipt' as subject,
        cast(greatest(booked_days.number - business_day.number, 0) as decimal(38, 4)) as value,
    from newest_receipts
    cross join booked_days
    inner join business_day on newest_receipts.receipt_date = business_day.day

    union all

    select 'receipts_of_the_day', 'receipt', cast(count(*) as decimal(38, 4))
    from receipt
    inner join business_day on receipt.receipt_date = business_day.day
    inner join booked_days on business_day.number = booked_days.number
    inner join night on receipt.receipt_date <= night.as_of_date

    union all

    select 'open_total', items.currency, cast(sum(items.open_amount) as decimal(38, 4))
    from items
    group by items.currency

    union all

    select 'open_items', items.currency, cast(count(*) as decimal(38, 4))
    from items
    group by items.currency

    union all

    select 'median_invoice', items.currency, cast(median(items.open_amount) as decimal(38, 4))
    from items
    group by items.currency

    union all

    select 'overdue_items', 'open_item', cast(count(*) as decimal(38, 4))
    from items
    where items.is_overdue

    union all

    select
        'contacted_items',
        'open_item',
        cast(count(distinct (notice_item.invoice_id, notice_item.instalment_no))
            as decimal(38, 4)),
    from notice_item
    where notice_item.days_past_due > 0

    union all

    select 'rows', counted_rows.subject, cast(counted_rows.row_count as decimal(38, 4))
    from counted_rows

    union all

    select 'notices', 'notice', cast(count(distinct notice.notice_id) as decimal(38, 4))
    from notice

    union all

    select 'final_steps', 'notice', cast(count(distinct notice.notice_id) as decimal(38, 4))
    from notice
    where notice.step = $final_step
)

select
    measures.measure,
    measures.subject,
    measures.value,
from measures
order by measures.measure, measures.subject
