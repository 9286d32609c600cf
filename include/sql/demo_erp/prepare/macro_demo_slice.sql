-- Ten bits (0 to 1023) of a draw; places 0 to 5 do not overlap.
-- Grain: scalar
-- Reads: its arguments
-- Writes: nothing
create macro demo_slice(draw, place) as
    cast((draw >> (10 * place)) & 1023 as bigint)
