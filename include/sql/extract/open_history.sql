-- Rows of this state that do not stand yet stand from it.
-- Grain: row content, occurrence
-- Reads: state_row
-- Writes: history
insert into history
select
    state_row.*,
    $extract_id as stands_from,
    null as stands_until,
from state_row
where not exists (
    select 1
    from history as standing
    where standing.stands_until is null
        and standing.content = state_row.content
        and standing.occurrence = state_row.occurrence
)
