-- Documents stand in the ledger twice, under two ids.
-- Grain: night
-- Reads: invoice
-- Writes: check_result
with copies as (
    select count(*) - 1 as copies
    from invoice
    group by
        invoice.customer_id, invoice.document_type, invoice.invoice_number, invoice.issue_date,
        invoice.currency, invoice.gross_amount
    having count(*) > 1
),

counts as (
    select
        (select coalesce(sum(copies.copies), 0) from copies) as copies,
        (select count(*) from invoice) as documents,
),

limits as (
    select cast(greatest(
        $duplicates_min, floor(counts.documents * $duplicates_share)
    ) as bigint) as copies_max,
    from counts
)

select
    'invoice' as subject,
    case when counts.copies > limits.copies_max then 'stop' else 'pass' end as outcome,
    counts.copies || ' copies among ' || counts.documents || ' documents; trips above '
    || limits.copies_max as finding,
from counts
cross join limits
