-- What is claimed in all, by currency. Of an interest claim the exposure is the interest and compensation
-- that are left, less credits; those count as interest and compensation, and not twice.
-- Grain: currency
-- Reads: claim
-- Writes: the dossier
with counted_claims as (
    select
        claim.currency,
        claim.open_amount,
        case
            when claim.needs_confirmation then 0
            else coalesce(claim.interest_amount, 0)
        end as interest_amount,
        case when claim.needs_confirmation then 0 else claim.compensation_amount end
            as compensation_amount,
        case
            when claim.document_type <> 'interest_claim' then claim.exposure_amount
            when claim.needs_confirmation then 0
            else claim.exposure_amount - coalesce(claim.interest_amount, 0)
                - claim.compensation_amount
        end as principal_amount,
    from claim
)

select
    counted_claims.currency,
    sum(counted_claims.open_amount) as open_amount,
    sum(counted_claims.principal_amount) as principal_amount,
    sum(counted_claims.interest_amount) as interest_amount,
    sum(counted_claims.compensation_amount) as compensation_amount,
    sum(
        counted_claims.principal_amount + counted_claims.interest_amount
        + counted_claims.compensation_amount
    ) as claim_amount,
from counted_claims
group by counted_claims.currency
order by counted_claims.currency
