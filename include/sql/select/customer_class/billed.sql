-- What was billed to each customer in the last twelve months, credit notes off, and since when
-- anything was billed within the look-back.
-- Grain: customer and currency
-- Reads: invoice, class_setting
-- Writes: billed
select
    invoice.customer_id,
    invoice.currency,
    cast(coalesce(sum(
        case when invoice.document_type = 'credit_note' then -1 else 1 end * invoice.gross_amount
    ) filter (
        where invoice.posting_date > cast($as_of_date as date) - class_setting.billed_days
    ), 0) as decimal(38, 4)) as billed_amount,
    count(*) as documents,
    min(invoice.posting_date) as first_posted_on,
from invoice
cross join class_setting
where invoice.posting_date > $since
    and invoice.posting_date <= $as_of_date
    and (
        invoice.cancelled_on > $as_of_date
        or invoice.cancelled_on is null and coalesce(invoice.status, 'posted') <> 'cancelled'
    )
group by invoice.customer_id, invoice.currency
