-- The days before each event: whatever the base will be, it is the same on all of them. Only where
-- it is known from the start (step_no is null) is it in here.
-- Grain: claim and event with days
-- Reads: claim_start, claim_event
-- Writes: claim_span
select
    claim_start.claim_id,
    1 as event_no,
    cast(null as integer) as step_no,
    claim_start.is_booked,
    claim_start.is_small,
    claim_start.principal as base_amount,
    claim_start.day_key_base + (claim_start.first_interest_day - date '1970-01-01') as from_key,
    claim_start.day_key_base + (claim_start.last_interest_day - date '1970-01-01') as until_key,
    claim_start.day_key_base + (claim_start.first_interest_day - date '1970-01-01') as rate_key,
from claim_start
where claim_start.way = 'plain'
    and claim_start.first_interest_day <= claim_start.last_interest_day

union all

select
    claim_event.claim_id,
    claim_event.event_no,
    claim_event.step_no,
    claim_event.is_booked,
    claim_event.is_small,
    case when claim_event.step_no is null then claim_event.principal_before end as base_amount,
    claim_event.from_key,
    claim_event.until_key,
    coalesce(claim_event.rate_key, claim_event.from_key) as rate_key,
from claim_event
where claim_event.from_key <= claim_event.until_key
