-- Two keys are the same but for capitals: two rows of the ledger, or one that was typed twice.
-- Grain: invoice
-- Reads: invoice
-- Writes: warning
with folded_keys as (
    select lower(invoice.invoice_id) as folded_key
    from invoice
    group by folded_key
    having count(*) > 1
)

select invoice.invoice_id as row_key
from invoice
inner join folded_keys on lower(invoice.invoice_id) = folded_keys.folded_key
