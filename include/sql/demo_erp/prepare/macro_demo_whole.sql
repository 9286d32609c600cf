-- Cents cut down to what the currency can express (unit 100 for the yen, else 1).
-- Grain: scalar
-- Reads: its arguments
-- Writes: nothing
create macro demo_whole(cents, unit) as
    cents - cents % unit
