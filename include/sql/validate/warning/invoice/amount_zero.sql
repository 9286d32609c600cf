-- A document of nothing, as for free samples: nobody owes it, and nothing comes of it.
-- Grain: invoice
-- Reads: invoice
-- Writes: warning
select invoice.invoice_id as row_key
from invoice
where invoice.gross_amount = 0
