-- What was set against each claim: the books have decided already that it is for the principal.
-- Grain: claim and day
-- Reads: claim_item, allocation_applied
-- Writes: payment
select
    claim_item.claim_id,
    cast(1 as integer) as payment_no,
    allocation_applied.allocation_date as payment_date,
    cast(
        round(
            cast(sum(allocation_applied.applied_amount) as decimal(38, 4))
            * cast(pow(10, any_value(claim_item.exponent)) as integer),
            0
        ) as hugeint
    ) as amount,
from claim_item
inner join allocation_applied
    on claim_item.invoice_id = allocation_applied.invoice_id
    and claim_item.instalment_no = allocation_applied.instalment_no
where not $open_amounts_from_source
group by claim_item.claim_id, allocation_applied.allocation_date
