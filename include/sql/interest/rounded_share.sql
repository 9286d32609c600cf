-- amount x numerator / denominator, rounded; in 64 bits where they suffice, for they are faster
-- (a double serves for the bound alone).
-- Grain: scalar; the denominator is positive
-- Reads: nothing
-- Writes: rounded_share
create or replace macro rounded_share(amount, numerator, denominator, mode) as
    case
        when abs(cast(amount as double)) * abs(cast(numerator as double)) < 4e18
            and denominator < 4000000000000000000
            then cast(
                rounded(
                    cast(amount as bigint) * cast(numerator as bigint),
                    cast(denominator as bigint),
                    mode
                ) as hugeint
            )
        else rounded(amount * numerator, denominator, mode)
    end
