-- Minor units of a currency as an amount of money.
-- Grain: scalar; the exponent is that of ISO 4217, four at most
-- Reads: nothing
-- Writes: money
create or replace macro money(minor, exponent) as
    cast(
        cast(minor * cast(pow(10, 4 - exponent) as hugeint) as decimal(34, 0))
        * cast(0.0001 as decimal(38, 4)) as decimal(38, 4)
    )
