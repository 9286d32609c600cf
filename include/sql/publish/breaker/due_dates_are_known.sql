-- Too many open items have no due date.
-- Grain: night
-- Reads: open_item
-- Writes: check_result
with counts as (
    select
        count(*) filter (where open_item.due_date is null) as undated,
        count(*) as items,
        cast(
            greatest($undated_items_min, floor(count(*) * $undated_share)) as bigint
        ) as undated_max,
    from open_item
)

select
    'open_item' as subject,
    case when counts.undated > counts.undated_max then 'stop' else 'pass' end as outcome,
    counts.undated || ' of ' || counts.items || ' open items have no due date; trips above '
    || counts.undated_max as finding,
from counts
