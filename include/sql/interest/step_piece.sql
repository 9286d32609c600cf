-- The pieces of the claims whose base is found step by step.
-- Grain: claim, event and run of days
-- Reads: claim_piece
-- Writes: step_piece
select claim_piece.*
from claim_piece
where claim_piece.step_no is not null
