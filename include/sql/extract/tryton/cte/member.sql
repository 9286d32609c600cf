-- One reconciliation is closed as a whole and may join several debits and credits: they are matched in
-- their one currency, else in the company's; credit notes first, then money, then write-offs.
-- Grain: line of a reconciliation
-- Reads: posting
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    posting.*,
    min(posting.currency_id) filter (where posting.is_document or posting.is_receipt) over same
    = max(posting.currency_id) filter (where posting.is_document or posting.is_receipt) over same
        as is_of_one_currency,
    min(posting.currency_id) filter (where posting.is_document or posting.is_receipt) over same
        as common_currency_id
from posting
where not posting.is_open
    and not posting.is_cancelled
window same as (partition by posting.reconciliation)
