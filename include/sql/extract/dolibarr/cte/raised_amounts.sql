-- What was added to what a document owes: money paid back, and what was taken from it for elsewhere.
-- Grain: document
-- Reads: payments, documents, discounts
-- Writes: nothing; a CTE of the SELECTs beside this folder
select fk_facture, sum(amount) as raised_amount
from (
    select payments.fk_facture, -payments.amount as amount
    from payments
    inner join documents on documents.rowid = payments.fk_facture
    where payments.amount < 0
        and documents.total > 0

    union all

    select fk_facture_source as fk_facture, amount
    from discounts
    where source_type in (0, 1, 5)
        and coalesce(fk_facture, fk_facture_line) is not null
) as raises
group by fk_facture
