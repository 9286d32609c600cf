-- Documents that are not settled as of the day, and those that were paid in the days before it, with
-- what has been set against them. All others, most of a ledger, concern no later statement; a credit
-- note may be used up, which its own allocations say.
-- Grain: invoice
-- Reads: invoice, allocation, instalment
-- Writes: billed_document
with allocated_amounts as (
    select
        allocation.invoice_id,
        sum(allocation.amount) filter (
            where allocation.allocation_date <= $as_of_date
            and (allocation.reversed_on is null or allocation.reversed_on > $as_of_date)
        ) as allocated_amount,
        sum(allocation.amount) filter (where allocation.reversed_on is null) as known_allocated_amount,
        max(allocation.allocation_date) filter (
            where allocation.allocation_date <= $as_of_date
            and (allocation.reversed_on is null or allocation.reversed_on > $as_of_date)
            and allocation.source_type = 'receipt'
        ) as last_paid_on,
    from allocation
    group by allocation.invoice_id
),

scheduled_amounts as (
    select
        instalment.invoice_id,
        sum(instalment.amount) as scheduled_amount,
        min(instalment.due_date) as first_due_date,
        max(instalment.due_date) as last_due_date,
        sum(coalesce(instalment.open_amount, instalment.amount)) as source_open_amount,
        bool_and(instalment.open_amount is not null) as has_source_open_amount,
    from instalment
    group by instalment.invoice_id
),

documents as (
    select
        invoice.invoice_id,
        invoice.customer_id,
        invoice.invoice_number,
        invoice.document_type,
        invoice.issue_date,
        invoice.due_date,
        invoice.currency,
        invoice.gross_amount,
        invoice.contract_date,
        invoice.purchase_order_ref,
        invoice.instrument_type,
        invoice.instrument_status,
        case
            when invoice.posting_date > $as_of_date then 0
            when invoice.cancelled_on <= $as_of_date then 0
            when invoice.status = 'cancelled' and invoice.cancelled_on is null then 0
            else invoice.gross_amount
        end as billed_amount,
        coalesce(allocated_amounts.allocated_amount, 0) as allocated_amount,
        coalesce(scheduled_amounts.scheduled_amount = invoice.gross_amount, false) as has_schedule,
        scheduled_amounts.invoice_id is not null
        and scheduled_amounts.scheduled_amount <> invoice.gross_amount as schedule_disagrees,
        scheduled_amounts.last_due_date,
        allocated_amounts.last_paid_on,
        coalesce(
            allocated_amounts.last_paid_on
            <= coalesce(scheduled_amounts.first_due_date, invoice.due_date),
            false
        ) as was_paid_in_time,
        scheduled_amounts.source_open_amount,
        coalesce(
            scheduled_amounts.has_source_open_amount
            and coalesce(invoice.status, 'posted') <> 'cancelled'
            and scheduled_amounts.source_open_amount
            <> invoice.gross_amount - coalesce(allocated_amounts.known_allocated_amount, 0),
            false
        ) as ledger_disagrees,
    from invoice
    left join allocated_amounts on invoice.invoice_id = allocated_amounts.invoice_id
    left join scheduled_amounts on invoice.invoice_id = scheduled_amounts.invoice_id
)

select documents.*
from documents
where documents.document_type = 'credit_note'
    or documents.billed_amount <> documents.allocated_amount
    or documents.source_open_amount <> 0
    or documents.last_paid_on > cast($as_of_date as date) - cast($residual_claim_days as integer)
