-- A fraction as a whole number; ties and the rest go as the mode says, alike on both sides of zero.
-- Grain: scalar; the denominator is positive
-- Reads: nothing
-- Writes: rounded
create or replace macro rounded(numerator, denominator, mode) as
    sign(numerator) * (
        (
            abs(numerator)
            + case mode when 'down' then 0 when 'up' then denominator - 1 else denominator // 2 end
        ) // denominator
        - case
            when mode = 'half_even'
                and denominator % 2 = 0
                and abs(numerator) % denominator = denominator // 2
                and (abs(numerator) // denominator) % 2 = 0
                then 1
            else 0
        end
    )
