-- The day so many days later, or the Monday after it if that is on a weekend.
-- Grain: scalar
-- Reads: its arguments
-- Writes: nothing
create macro demo_business_day(day, days) as
    day + cast(
        days + case isodow(day + cast(days as integer)) when 6 then 2 when 7 then 1 else 0 end
        as integer
    )
