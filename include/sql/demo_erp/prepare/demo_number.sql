-- The invoices, as yet without properties.
-- Grain: i (1 to the number of invoices)
-- Reads: demo_setting
-- Writes: demo_number
select range as i,
from range(1, cast($invoices as bigint) + 1)
