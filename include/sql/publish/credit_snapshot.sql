-- Unapplied receipts, open credit notes and overpayments, each in a column of its own.
-- Grain: kind and document
-- Reads: credit_item
-- Writes: credit_snapshot
select
    credit_item.as_of_date,
    credit_item.legal_entity_id,
    credit_item.kind,
    credit_item.document_id,
    credit_item.customer_id,
    credit_item.document_date,
    credit_item.currency,
    case when credit_item.kind = 'unapplied_receipt' then credit_item.amount else 0 end
        as unapplied_receipt_amount,
    case when credit_item.kind = 'credit_note' then credit_item.amount else 0 end
        as credit_note_amount,
    case when credit_item.kind = 'overpayment' then credit_item.amount else 0 end
        as overpayment_amount,
    cast($known_at as timestamp) as known_at,
    cast($is_restated as boolean) as is_restated,
from credit_item
