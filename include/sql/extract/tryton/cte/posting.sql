-- What each posted line is: part of a document, money, or neither; and whether it is open.
-- Grain: posted line
-- Reads: sided
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    sided.*,
    case
        when sided.is_invoice then sided.whole_id
        else 'line-' || sided.id
    end as document_id,
    sided.reconciliation is null as is_open,
    sided.amount < 0 and not sided.is_invoice and not sided.is_set_off and sided.nature = 'money'
        as is_receipt,
    sided.amount <> 0 and not sided.is_set_off and (
        sided.is_invoice
        or sided.nature = 'money' and sided.amount > 0
        or sided.nature = 'write_off' and sided.reconciliation is null
        or sided.nature = 'entry'
    ) as is_document
from sided
