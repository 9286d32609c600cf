-- Reconciliations with the part of each that is a write-off: the first of the payment's.
-- Grain: reconciliation
-- Reads: matched
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    matched.*,
    least(matched.amount_until, matched.write_off_until)
    - least(matched.amount_until - matched.debit_amount_currency, matched.write_off_until)
        as write_off_amount
from matched
