-- Where each line stands on its side of a reconciliation: documents before money, the oldest first.
-- Grain: line of a reconciliation
-- Reads: weighed
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    weighed.*,
    sum(abs(weighed.weight)) over (
        partition by weighed.reconciliation, sign(weighed.weight)
        order by
            case when weighed.is_document then 1 when weighed.is_receipt then 2 else 3 end,
            weighed.date,
            weighed.id
    ) as weight_until
from weighed
where weighed.weight <> 0
