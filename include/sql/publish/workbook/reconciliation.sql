-- Whether the night ties to the general ledger, what does not first.
-- Grain: currency
-- Reads: reconciliation
-- Writes: the workbook
select reconciliation.* exclude (as_of_date, legal_entity_id)
from reconciliation
order by
    reconciliation.status = 'tied',
    abs(reconciliation.difference_amount) desc nulls last,
    reconciliation.currency
limit $rows_max
