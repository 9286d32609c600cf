-- Sum of four slices of a draw: 0 to 4092, most often about 2046.
-- Grain: scalar
-- Reads: its arguments
-- Writes: nothing
create macro demo_bell(draw) as
    demo_slice(draw, 2) + demo_slice(draw, 3) + demo_slice(draw, 4) + demo_slice(draw, 5)
