-- What `share` cuts off, in parts of the denominator.
-- Grain: scalar
-- Reads: nothing
-- Writes: share_rest
create or replace macro share_rest(amount, numerator, denominator) as
    (
        amount % denominator * (numerator // 1000000000000) % denominator * 1000000000000
        + amount % denominator * (numerator % 1000000000000)
    ) % denominator
