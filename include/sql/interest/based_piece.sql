-- All pieces with their base: known from the start, or found step by step.
-- Grain: claim, event and run of days
-- Reads: claim_piece, step_piece, claim_base
-- Writes: based_piece
select claim_piece.*
from claim_piece
where claim_piece.step_no is null

union all by name

select
    step_piece.* exclude (base_amount),
    claim_base.base_amount,
from step_piece
inner join claim_base
    on step_piece.claim_id = claim_base.claim_id
    and step_piece.event_no = claim_base.event_no
