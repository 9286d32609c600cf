-- The way of payment, or its state, is none that is known: nothing follows from it.
-- Grain: invoice
-- Reads: invoice
-- Writes: warning
select invoice.invoice_id as row_key
from invoice
where not coalesce(
    invoice.instrument_type in ('transfer', 'boleto', 'direct_debit', 'card', 'cheque'), true
)
or not coalesce(
    invoice.instrument_status in ('none', 'issued', 'registered', 'returned', 'protested'), true
)
