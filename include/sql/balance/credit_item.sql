-- Money and credit that is not set against any invoice: unapplied receipts, open credit notes, and
-- what was paid beyond an invoice (or against one that is cancelled or not posted yet). Negative.
-- What paid for invoices in another currency is used at the day's rate. The money's own rate was
-- another one: where it used more than there was, or left no more than the roundings, nothing is
-- left; that difference is a gain or loss on exchange, in the general ledger and owed by nobody.
-- Grain: kind and document
-- Reads: receipt, allocation, converted_allocation, billed_document
-- Writes: credit_item
with used_amounts as (
    select
        allocation.source_type,
        allocation.source_id,
        sum(allocation.amount) as used_amount,
    from allocation
    where allocation.source_type in ('receipt', 'credit_note')
        and allocation.allocation_date <= $as_of_date
        and (allocation.reversed_on is null or allocation.reversed_on > $as_of_date)
    group by allocation.source_type, allocation.source_id
),

-- Of the used amounts, what is in the currency of an invoice and not in the money's own.
converted_amounts as (
    select
        converted_allocation.source_type,
        converted_allocation.source_id,
        sum(converted_allocation.invoice_amount) as invoice_amount,
        sum(converted_allocation.used_amount) as converted_amount,
        sum(converted_allocation.minor_amount) as rounding_amount,
    from converted_allocation
    where converted_allocation.allocation_date <= $as_of_date
        and (
            converted_allocation.reversed_on is null
            or converted_allocation.reversed_on > $as_of_date
        )
    group by converted_allocation.source_type, converted_allocation.source_id
),

sources as (
    select
        'unapplied_receipt' as kind,
        receipt.receipt_id as document_id,
        receipt.customer_id,
        receipt.receipt_date as document_date,
        receipt.currency,
        receipt.amount - coalesce(used_amounts.used_amount, 0)
        + coalesce(converted_amounts.invoice_amount, 0) as left_amount,
        coalesce(converted_amounts.converted_amount, 0) as converted_amount,
        coalesce(converted_amounts.rounding_amount, 0) as rounding_amount,
    from receipt
    left join used_amounts
        on receipt.receipt_id = used_amounts.source_id
        and used_amounts.source_type = 'receipt'
    left join converted_amounts
        on receipt.receipt_id = converted_amounts.source_id
        and converted_amounts.source_type = 'receipt'
    where receipt.receipt_date <= $as_of_date

    union all

    select
        'credit_note' as kind,
        billed_document.invoice_id as document_id,
        billed_document.customer_id,
        billed_document.issue_date as document_date,
        billed_document.currency,
        billed_document.billed_amount - billed_document.allocated_amount
        - coalesce(used_amounts.used_amount, 0)
        + coalesce(converted_amounts.invoice_amount, 0) as left_amount,
        coalesce(converted_amounts.converted_amount, 0) as converted_amount,
        coalesce(converted_amounts.rounding_amount, 0) as rounding_amount,
    from billed_document
    left join used_amounts
        on billed_document.invoice_id = used_amounts.source_id
        and used_amounts.source_type = 'credit_note'
    left join converted_amounts
        on billed_document.invoice_id = converted_amounts.source_id
        and converted_amounts.source_type = 'credit_note'
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
        billed_document.customer_id,
        billed_document.issue_date as document_date,
        billed_document.currency,
        case
            when billed_document.document_type = 'credit_note'
                then -billed_document.source_open_amount
            else billed_document.billed_amount - billed_document.allocated_amount
        end as amount,
    from billed_document
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
