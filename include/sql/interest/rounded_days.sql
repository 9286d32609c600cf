-- The interest of a run of days that is rounded day by day; under 30E/360 a day may weigh two or
-- three (the last of February) or none.
-- Grain: scalar; the denominator is positive
-- Reads: rounded_share
-- Writes: rounded_days
create or replace macro rounded_days(
    amount, day_numerator, denominator, mode, is_small, interest_days, twos, threes
) as
    (interest_days - 2 * twos - 3 * threes)
    * rounded_share(amount, day_numerator, denominator, mode, is_small)
    + case
        when twos > 0 then twos * rounded_share(amount, day_numerator * 2, denominator, mode, is_small)
        else 0
    end
    + case
        when threes > 0
            then threes * rounded_share(amount, day_numerator * 3, denominator, mode, is_small)
        else 0
    end
