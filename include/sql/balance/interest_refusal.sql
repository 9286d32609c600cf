-- Overdue instalments of which the interest cannot be said, and why.
-- Grain: invoice and instalment
-- Reads: claim_item, claim_result
-- Writes: interest_refusal
select
    claim_item.invoice_id,
    claim_item.instalment_no,
    coalesce(claim_result.error, 'NO_RULE_IN_FORCE') as reason_code,
from claim_item
left join claim_result on claim_item.claim_id = claim_result.claim_id
where claim_item.rule_id is null
    or claim_result.error is not null
