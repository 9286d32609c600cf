-- The items that are open in one of some nights, of which a letter may speak.
-- Grain: invoice and instalment
-- Reads: open_item
-- Writes: which letters' texts are kept
select distinct
    open_item.invoice_id,
    open_item.instalment_no,
from open_item
