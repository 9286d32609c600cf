-- A fraction as a whole number; ties and the rest go as the mode says, alike on both sides of zero.
-- Grain: scalar; the denominator is positive
-- Reads: nothing
-- Writes: rounded
create or replace macro rounded(numerator, denominator, mode) as
    sign(numerator) * (
        abs(numerator) // denominator
        + case mode
            when 'down' then 0
            when 'up' then cast(abs(numerator) % denominator > 0 as integer)
            when 'half_up' then cast(
                abs(numerator) % denominator >= denominator - abs(numerator) % denominator
                as integer
            )
            when 'half_even' then cast(
                abs(numerator) % denominator > denominator - abs(numerator) % denominator
                or (
                    abs(numerator) % denominator = denominator - abs(numerator) % denominator
                    and (abs(numerator) // denominator) % 2 = 1
                )
                as integer
            )
        end
    )
