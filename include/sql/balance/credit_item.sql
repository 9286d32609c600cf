-- Money and credit that is not set against any invoice: unapplied receipts, open credit notes, and
-- what was paid beyond an invoice (or against one that is cancelled or not posted yet). Negative.
-- What paid for invoices in another currency is used at the day's rate. The money's own rate was
-- another one: where it used more than there was, or left no more than the roundings, nothing is
-- left; that difference is a gain or loss on exchange, in the general ledger and owed by nobody.
-- Grain: kind and document
-- Reads: receipt, invoice, allocation, converted_allocation, billed_document
-- Writes: credit_item
with dated_allocations as (
    select
        allocation.source_type,
        allocation.source_id,
        case when converted_allocation.allocation_id is null then allocation.amount else 0 end
            as used_amount,
        coalesce(converted_allocation.used_amount, 0) as converted_amount,
        coalesce(converted_allocation.minor_amount, 0) as rounding_amount,
    from allocation
    left join converted_allocation
        on allocation.allocation_id = converted_allocation.allocation_id
    where allocation.source_type in ('receipt', 'credit_note')
        and allocation.allocation_date <= $as_of_date
        and (allocation.reversed_on is null or allocation.reversed_on > $as_of_date)
),

used_amounts as (
    select
        dated_allocations.source_type,
        dated_allocations.source_id,
        sum(dated_allocations.used_amount) as used_amount,
        sum(dated_allocations.converted_amount) as converted_amount,
        sum(dated_allocations.rounding_amount) as rounding_amount,
    from dated_allocations
    group by dated_allocations.source_type, dated_allocations.source_id
),

sources as (
    select
        'unapplied_receipt' as kind,
        receipt.receipt_id as document_id,
        receipt.customer_id,
        receipt.receipt_date as document_date,
        receipt.currency,
        receipt.amount - coalesce(used_amounts.used_amount, 0) as left_amount,
        coalesce(used_amounts.converted_amount, 0) as converted_amount,
        coalesce(used_amounts.rounding_amount, 0) as rounding_amount,
    from receipt
    left join used_amounts
        on receipt.receipt_id = used_amounts.source_id
        and used_amounts.source_type = 'receipt'
    where receipt.receipt_date <= $as_of_date

    union all

    select
        'credit_note' as kind,
        billed_document.invoice_id as document_id,
        invoice.customer_id,
        invoice.issue_date as document_date,
        invoice.currency,
        billed_document.billed_amount - billed_document.allocated_amount
            - coalesce(used_amounts.used_amount, 0) as left_amount,
        coalesce(used_amounts.converted_amount, 0) as converted_amount,
        coalesce(used_amounts.rounding_amount, 0) as rounding_amount,
    from billed_document
    inner join invoice on billed_document.invoice_id = invoice.invoice_id
    left join used_amounts
        on billed_document.invoice_id = used_amounts.source_id
        and used_amounts.source_type = 'credit_note'
    where billed_document.document_type = 'credit_note'
        and not ($open_amounts_from_source and billed_document.has_schedule)
),

credits as (
    select
        sources.kind,
        sources.document_id,
        sources.customer_id,
        sources.document_date,
        sources.currency,
        case
            when sources.rounding_amount = 0 or sources.left_amount <= 0
                then -sources.left_amount
            when sources.left_amount - sources.converted_amount <= sources.rounding_amount then 0
            else sources.converted_amount - sources.left_amount
        end as amount,
    from sources

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
            when billed_document.document_type = 'credit_note'
                then -billed_document.source_open_amount
            else billed_document.billed_amount - billed_document.allocated_amount
        end as amount,
    from billed_document
    inner join invoice on billed_document.invoice_id = invoice.invoice_id
    where case
        when billed_document.document_type = 'credit_note'
            then $open_amounts_from_source and billed_document.has_schedule
        else billed_document.allocated_amount > billed_document.billed_amount
    end
)

select
    cast($as_of_date as date) as as_of_date,
    $legal_entity_id as legal_entity_id,
    credits.kind,
    credits.document_id,
    credits.customer_id,
    credits.document_date,
    credits.currency,
    cast(credits.amount as decimal(38, 4)) as amount,
from credits
where credits.amount <> 0
