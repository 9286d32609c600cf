-- What each overdue instalment bears beside its principal; empty, with a reason, where that cannot
-- be said.
-- Grain: invoice and instalment
-- Reads: claim_item, claim_result, rule_version
-- Writes: item_interest
select
    claim_item.claim_id as item_no,
    claim_item.invoice_id,
    claim_item.instalment_no,
    claim_item.is_interest_claim,
    claim_item.currency,
    claim_item.exponent,
    claim_item.rule_id,
    case
        when claim_item.rule_id is null then 'NO_RULE_IN_FORCE'
        else claim_result.error
    end as reason_code,
    coalesce(claim_result.needs_confirmation, false) as needs_confirmation,
    rule_version.legal_basis,
    money(claim_result.interest, claim_item.exponent) as interest_amount,
    money(claim_result.fixed_fee, claim_item.exponent) as fixed_fee_amount,
    money(claim_result.fine, claim_item.exponent) as fine_amount,
from claim_item
left join claim_result on claim_item.claim_id = claim_result.claim_id
left join rule_version on claim_item.rule_id = rule_version.rule_id
where claim_item.rule_id is null
    or claim_result.claim_id is not null
