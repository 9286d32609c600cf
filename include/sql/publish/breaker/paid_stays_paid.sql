-- Invoices that were settled last night are open tonight: payments were lost, not taken back.
-- Grain: night
-- Reads: open_item, earlier_open_item, earlier_invoice, night
-- Writes: check_result
with settled_invoices as (
    select earlier_invoice.invoice_id
    from earlier_invoice
    cross join night
    where earlier_invoice.posting_date <= night.earlier_date
        and earlier_invoice.document_type <> 'credit_note'
        and coalesce(earlier_invoice.status, 'posted') = 'posted'
        and earlier_invoice.invoice_id not in (
            select earlier_open_item.invoice_id
            from earlier_open_item
            where earlier_open_item.open_amount > 0
        )
),

revived_invoices as (
    select distinct open_item.invoice_id
    from open_item
    inner join settled_invoices on open_item.invoice_id = settled_invoices.invoice_id
    where open_item.open_amount > 0
),

counts as (
    select
        (select count(*) from settled_invoices) as settled,
        (select count(*) from revived_invoices) as revived,
),

limits as (
    select greatest(
        cast($revived_invoices_min as integer),
        cast(floor(counts.settled * $revived_share_max) as bigint)
    ) as revived_max,
    from counts
)

select
    'invoice' as subject,
    case
        when night.earlier_date is null then 'no_history'
        when counts.revived > limits.revived_max then 'stop'
        else 'pass'
    end as outcome,
    counts.revived || ' of ' || counts.settled || ' settled invoices are open again; trips above '
    || limits.revived_max as finding,
from counts
cross join limits
cross join night
