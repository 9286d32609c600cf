-- Due dates moved earlier.
-- Grain: night
-- Reads: open_item, earlier_open_item, night
-- Writes: check_result
with counts as (
    select
        count(*) filter (where open_item.due_date < earlier_open_item.due_date) as earlier,
        count(*) as items,
        cast(
            greatest($earlier_due_min, floor(count(*) * $earlier_due_share)) as bigint
        ) as earlier_max,
    from open_item
    inner join earlier_open_item
        on open_item.invoice_id = earlier_open_item.invoice_id
        and open_item.instalment_no = earlier_open_item.instalment_no
)

select
    'open_item' as subject,
    case
        when night.earlier_date is null then 'no_history'
        when counts.earlier > counts.earlier_max then 'stop'
        else 'pass'
    end as outcome,
    counts.earlier || ' of ' || counts.items || ' due dates moved earlier; trips above '
    || counts.earlier_max as finding,
from counts
cross join night
