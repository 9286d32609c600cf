-- More is disputed than was invoiced: no more than what is open counts as disputed.
-- Grain: dispute
-- Reads: dispute, invoice
-- Writes: warning
select dispute.dispute_id as row_key
from dispute
inner join invoice on dispute.invoice_id = invoice.invoice_id
where dispute.amount > invoice.gross_amount
