-- A payment of an invoice that is not reconciled yet, in the invoice's currency: where its own is
-- another, at the rate of the invoice, as Tryton does.
-- Grain: document of which something is open
-- Reads: posting
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    posting.document_id,
    min(posting.currency_id) as currency_id,
    min(posting.billed_on) as billed_on,
    sum(posting.amount) as amount,
    sum(posting.balance) as balance
from posting
where posting.is_document
    and posting.is_open
    and posting.amount > 0
group by posting.document_id
