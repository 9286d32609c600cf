-- Invoices and debit notes of which something is owed on the day, and those that were paid late in
-- the days before it: interest and compensation may be left of them.
-- Grain: invoice
-- Reads: billed_document
-- Writes: open_invoice
select
    billed_document.invoice_id,
    billed_document.customer_id,
    billed_document.invoice_number,
    billed_document.document_type,
    billed_document.issue_date,
    billed_document.due_date,
    billed_document.currency,
    billed_document.gross_amount,
    billed_document.contract_date,
    billed_document.purchase_order_ref,
    billed_document.instrument_type,
    billed_document.instrument_status,
    billed_document.has_schedule,
    billed_document.last_due_date,
    case
        when billed_document.schedule_disagrees then 'INSTALMENTS_DISAGREE'
        when billed_document.ledger_disagrees and not $open_amounts_from_source
            then 'LEDGER_DISAGREES'
    end as data_hold_reason,
from billed_document
where billed_document.document_type <> 'credit_note'
    and billed_document.billed_amount > 0
    and (
        billed_document.billed_amount > case
            when $open_amounts_from_source and billed_document.has_schedule
                then billed_document.billed_amount - billed_document.source_open_amount
            else billed_document.allocated_amount
        end
        or billed_document.last_paid_on
        > cast($as_of_date as date) - cast($residual_claim_days as integer)
        and not billed_document.was_paid_in_time
    )
