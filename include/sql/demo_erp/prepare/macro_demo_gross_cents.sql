-- A gross amount: a bell of four slices on a scale that doubles every 400, about log-normal.
-- Grain: scalar
-- Reads: its arguments
-- Writes: nothing
create macro demo_gross_cents(draw, bell, amount_percent, unit) as
    demo_whole(
        ((5000 * (400 + bell % 400)) << (bell // 400)) // 400 * amount_percent // 100
        + cast((draw >> 3) % 100 as bigint),
        unit
    )
