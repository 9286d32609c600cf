-- What of the named debit each credit takes, as far as the debit goes.
-- Grain: credit and debit
-- Reads: named_credits
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    named_credits.*,
    case
        when amount_until <= debit_amount then credit_amount
        else debit_amount - (amount_until - credit_amount)
    end as amount
from named_credits
where amount_until - credit_amount < debit_amount
