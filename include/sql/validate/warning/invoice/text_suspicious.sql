-- An identifier or a number holds control or direction characters, markup, a formula, a path or mojibake.
-- Grain: invoice
-- Reads: invoice
-- Writes: warning
select invoice.invoice_id as row_key
from invoice
where regexp_matches(invoice.invoice_id, $suspicious_text)
    or regexp_matches(invoice.invoice_number, $suspicious_text)
