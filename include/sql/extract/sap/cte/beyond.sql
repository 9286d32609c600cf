-- What is left was cleared against another currency, or against nothing that is to be seen.
-- Grain: line item with such a rest
-- Reads: spans
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    spans.*,
    greatest(
        amount_until - greatest(
            case when shkzg = 'S' then credit_amount else debit_amount end,
            amount_until - rest_amount
        ),
        0
    ) as beyond_amount
from spans
where amount_until > case when shkzg = 'S' then credit_amount else debit_amount end
