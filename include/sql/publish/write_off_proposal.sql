-- What a person should write off or hand over, as finance reads it.
-- Grain: open item of a customer that was decided HAND_OVER_PROPOSED or LADDER_CLIMBED
-- Reads: write_off_proposal
-- Writes: write_off_proposal
select write_off_proposal.*
from write_off_proposal
