-- amount x numerator / denominator, rounded; in 64 bits where these surely suffice, for they are
-- several times faster.
-- Grain: scalar; the denominator is positive
-- Reads: nothing
-- Writes: rounded_share
create or replace macro rounded_share(amount, numerator, denominator, mode, is_small) as
    case
        when is_small
            then cast(
                rounded(
                    cast(amount as bigint) * cast(numerator as bigint),
                    cast(denominator as bigint),
                    mode
                ) as hugeint
            )
        else rounded(amount * numerator, denominator, mode)
    end
