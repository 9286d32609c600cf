-- A rate on a grid of steps: up is towards plus infinity, down towards minus infinity.
-- Grain: scalar; the step is positive
-- Reads: nothing
-- Writes: stepped
create or replace macro stepped(rate, step, mode) as
    rate - (rate % step + step) % step
    + case
        when mode = 'up' and rate % step <> 0 then step
        when mode = 'half_up' and 2 * ((rate % step + step) % step) >= step then step
        else 0
    end
