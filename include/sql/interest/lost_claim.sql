-- Claims that the rules say nothing of: their rule or their due date is not known to them.
-- Grain: one row
-- Reads: claim, claim_start
-- Writes: nothing
select (select count(*) from claim) - (select count(*) from claim_start) as claims,
