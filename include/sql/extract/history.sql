-- An empty history: rows as they stand in a state of a table, with when they stood.
-- Grain: row content, occurrence, stands_from
-- Reads: state_row
-- Writes: history
create or replace table history as
select
    *,
    cast(null as varchar) as stands_from,
    cast(null as varchar) as stands_until,
from state_row
where false
