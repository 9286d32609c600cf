-- The interest table of every claim, for people to read.
-- Grain: claim and run of days with one base, rate and length of year
-- Reads: claim_segment
-- Writes: nothing
select claim_segment.*
from claim_segment
order by claim_segment.claim_id, claim_segment.from_day
