-- Rows that stood so far and are not in this state stand until it.
-- Grain: row content, occurrence
-- Reads: state_row
-- Writes: history
update history
set stands_until = $extract_id
where stands_until is null
    and not exists (
        select 1
        from state_row
        where state_row.content = history.content
            and state_row.occurrence = history.occurrence
    )
