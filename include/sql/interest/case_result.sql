-- What every claim comes to, for people to read.
-- Grain: claim
-- Reads: claim_result
-- Writes: nothing
select claim_result.*
from claim_result
