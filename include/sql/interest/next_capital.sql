-- The interest of each claim up to its next rest.
-- Grain: claim
-- Reads: claim_capital, claim_accrual
-- Writes: claim_capital
select
    amounts.claim_id,
    cast(sum(amounts.amount) as hugeint) as amount,
from (
    select claim_capital.claim_id, claim_capital.amount
    from claim_capital

    union all

    select claim_accrual.claim_id, claim_accrual.interest as amount
    from claim_accrual
) as amounts
group by amounts.claim_id
