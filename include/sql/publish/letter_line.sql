-- The items of tonight's letters, the oldest first.
-- Grain: item of a letter
-- Reads: letter_item, invoice
-- Writes: the outbox, or the letters to print
select
    letter_item.letter_id,
    letter_item.invoice_id,
    letter_item.instalment_no,
    letter_item.item_step,
    letter_item.invoice_number,
    letter_item.issue_date,
    letter_item.due_date,
    letter_item.days_past_due,
    letter_item.currency,
    letter_item.original_amount,
    letter_item.open_amount,
    letter_item.dunning_exposure_amount,
    letter_item.document_type,
    letter_item.interest_amount,
    coalesce(letter_item.fixed_fee_amount, 0) as fixed_fee_amount,
    coalesce(letter_item.fine_amount, 0) as fine_amount,
    coalesce(letter_item.claimed_amount, 0) as claimed_amount,
    coalesce(letter_item.needs_confirmation, false) as needs_confirmation,
    coalesce(letter_item.legal_basis, '') as legal_basis,
    coalesce(invoice.delivery_refs, '') as delivery_refs,
from letter_item
left join invoice on letter_item.invoice_id = invoice.invoice_id
order by letter_item.letter_id, letter_item.due_date, letter_item.invoice_id,
    letter_item.instalment_no
