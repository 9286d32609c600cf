-- An exact quotient, rounded half away from zero to so many digits, four at most; none where the
-- denominator is not above zero.
-- Grain: scalar; both numbers with four decimals at most
-- Reads: nothing
-- Writes: quotient
create or replace macro quotient(numerator, denominator, digits) as
    case
        when denominator > 0 then cast(
            sign(numerator)
            * cast(
                (
                    2 * cast(abs(cast(numerator as decimal(38, 4))) * 10000 as hugeint)
                    * cast(pow(10, digits) as hugeint)
                    + cast(cast(denominator as decimal(38, 4)) * 10000 as hugeint)
                )
                // (2 * cast(cast(denominator as decimal(38, 4)) * 10000 as hugeint))
                as decimal(34, 0)
            )
            * cast(pow(10, 4 - digits) as integer)
            * cast(0.0001 as decimal(38, 4)) as decimal(38, 4)
        )
    end
