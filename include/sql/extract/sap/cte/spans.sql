-- SAP says what was cleared together, not which payment paid which invoice: within a clearing, the
-- oldest credit is set against the oldest debit. Each item takes a span of its side's sum.
-- Grain: line item that was cleared
-- Reads: rests
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    rests.*,
    sum(rest_amount) over (
        partition by bukrs, kunnr, clearing_document, cleared_on, waers, shkzg
        order by posted_on, item_id
        rows unbounded preceding
    ) as amount_until,
    sum(case when shkzg = 'S' then 0 else rest_amount end) over (
        partition by bukrs, kunnr, clearing_document, cleared_on, waers
    ) as credit_amount,
    sum(case when shkzg = 'S' then rest_amount else 0 end) over (
        partition by bukrs, kunnr, clearing_document, cleared_on, waers
    ) as debit_amount
from rests
where clearing_document <> ''
    and reversed_on is null
