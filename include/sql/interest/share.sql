-- amount x numerator / denominator, cut to a whole number; in parts, lest the product outgrow 128
-- bits (it needs denominators below 10^25).
-- Grain: scalar
-- Reads: nothing
-- Writes: share
create or replace macro share(amount, numerator, denominator) as
    amount // denominator * numerator
    + amount % denominator * (numerator // 1000000000000) // denominator * 1000000000000
    + (
        amount % denominator * (numerator // 1000000000000) % denominator * 1000000000000
        + amount % denominator * (numerator % 1000000000000)
    ) // denominator
