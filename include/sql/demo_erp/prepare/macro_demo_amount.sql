-- Cents as a decimal amount.
-- Grain: scalar
-- Reads: its arguments
-- Writes: nothing
create macro demo_amount(cents) as
    cast(cast(cents as decimal(15, 0)) * 0.01 as decimal(18, 2))
