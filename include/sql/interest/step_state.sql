-- The claims that have events left.
-- Grain: claim
-- Reads: stepped_state
-- Writes: step_state
select
    stepped_state.* exclude (
        kind, taken_costs, taken_fee, taken_fine, taken_interest, taken_principal, paid_left
    ),
from stepped_state
where stepped_state.kind <> 'end'
