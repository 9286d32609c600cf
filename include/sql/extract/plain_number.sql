-- The text of a binary float as a plain decimal: no exponent, and no `.0` behind a whole number.
-- Grain: one text
-- Reads: the engine's own text of a float, such as 1.5e-07
-- Writes: a macro of the session, called by the typed columns of dropped Parquet files
create macro plain_number(float_text) as case
    when not contains(float_text, 'e') then regexp_replace(float_text, '\.0$', '')
    when split_part(float_text, 'e', 2)[1] = '-' then
        if(starts_with(float_text, '-'), '-0.', '0.')
        || repeat('0', cast(split_part(float_text, 'e-', 2) as integer) - 1)
        || regexp_replace(split_part(float_text, 'e', 1), '[-.]', '', 'g')
    else
        if(starts_with(float_text, '-'), '-', '')
        || rpad(
            regexp_replace(split_part(float_text, 'e', 1), '[-.]', '', 'g'),
            cast(split_part(float_text, 'e', 2) as integer) + 1,
            '0'
        )
end
