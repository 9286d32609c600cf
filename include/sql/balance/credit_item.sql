-- Money and credit that is not set against any invoice: unapplied receipts, open credit notes, and
-- what was paid beyond an invoice (or against one that is cancelled or not posted yet). Negative.
-- Grain: kind and document
-- Reads: receipt, invoice, allocation, billed_document
-- Writes: credit_item
with dated_allocations as (
    select allocation.*
    from allocation
    where allocation.allocation_date <= $as_of_date
        and (allocation.reversed_on is null or allocation.reversed_on > $as_of_date)
),

used_amounts as (
    select
        dated_allocations.source_type,
        dated_allocations.source_id,
        sum(dated_allocations.amount) as used_amount,
    from dated_allocations
    where dated_allocations.source_type in ('receipt', 'credit_note')
    group by dated_allocations.source_type, dated_allocations.source_id
),

credits as (
    select
        'unapplied_receipt' as kind,
        receipt.receipt_id as document_id,
        receipt.customer_id,
        receipt.receipt_date as document_date,
        receipt.currency,
        coalesce(used_amounts.used_amount, 0) - receipt.amount as amount,
    from receipt
    left join used_amounts
        on receipt.receipt_id = used_amounts.source_id
        and used_amounts.source_type = 'receipt'
    where receipt.receipt_date <= $as_of_date

    union all

    select
        case
            when billed_document.document_type = 'credit_note' then 'credit_note'
            else 'overpayment'
        end as kind,
        billed_document.invoice_id as document_id,
        invoice.customer_id,
        invoice.issue_date as document_date,
        invoice.currency,
        case
            when billed_document.document_type <> 'credit_note'
                then billed_document.billed_amount - billed_document.allocated_amount
            when $open_amounts_from_source and billed_document.has_schedule
                then -billed_document.source_open_amount
            else coalesce(used_amounts.used_amount, 0) + billed_document.allocated_amount
                - billed_document.billed_amount
        end as amount,
    from billed_document
    inner join invoice on billed_document.invoice_id = invoice.invoice_id
    left join used_amounts
        on billed_document.invoice_id = used_amounts.source_id
        and used_amounts.source_type = 'credit_note'
    where billed_document.document_type = 'credit_note'
        or billed_document.allocated_amount > billed_document.billed_amount
)

select
    cast($as_of_date as date) as as_of_date,
    $legal_entity_id as legal_entity_id,
    credits.kind,
    credits.document_id,
    credits.customer_id,
    credits.document_date,
    credits.currency,
    cast(credits.amount as decimal(18, 4)) as amount,
from credits
where credits.amount <> 0
