-- What allocations used of money in another currency than their invoice's, in the money's own: at
-- the newest rate of their day, rounded half up once. The border lets none pass without a rate.
-- Grain: allocation from a receipt or credit note in another currency
-- Reads: allocation, invoice, receipt, pair_rate, currency
-- Writes: converted_allocation
with foreign_allocations as (
    select
        allocation.source_type,
        allocation.source_id,
        allocation.allocation_date,
        allocation.reversed_on,
        allocation.amount as invoice_amount,
        invoice.customer_id,
        invoice.currency as invoice_currency,
        coalesce(receipt.currency, credit_note.currency) as source_currency,
    from allocation
    inner join invoice on allocation.invoice_id = invoice.invoice_id
    left join receipt
        on allocation.source_type = 'receipt'
        and allocation.source_id = receipt.receipt_id
    left join invoice as credit_note
        on allocation.source_type = 'credit_note'
        and allocation.source_id = credit_note.invoice_id
    where coalesce(receipt.currency, credit_note.currency) <> invoice.currency
),

rated_allocations as (
    select
        foreign_allocations.*,
        pair_rate.numerator,
        pair_rate.denominator,
        cast(cast(foreign_allocations.invoice_amount as decimal(38, 4)) * 10000 as hugeint)
            as invoice_units,
        cast(pow(10, 4 - currency.exponent) as hugeint) as minor_units,
    from foreign_allocations
    inner join currency on foreign_allocations.source_currency = currency.currency
    asof inner join pair_rate
        on foreign_allocations.invoice_currency = pair_rate.from_currency
        and foreign_allocations.source_currency = pair_rate.to_currency
        and foreign_allocations.allocation_date >= pair_rate.rate_date
),

-- In ten-thousandths, whole minor units of the money's currency.
used_units as (
    select
        rated_allocations.*,
        (
            2 * rated_allocations.invoice_units * rated_allocations.numerator
            + rated_allocations.denominator * rated_allocations.minor_units
        )
        // (2 * rated_allocations.denominator * rated_allocations.minor_units)
        * rated_allocations.minor_units as used_units,
    from rated_allocations
)

select
    used_units.source_type,
    used_units.source_id,
    used_units.allocation_date,
    used_units.reversed_on,
    used_units.customer_id,
    used_units.invoice_currency,
    used_units.invoice_amount,
    cast(cast(used_units.used_units as decimal(38, 0)) * 0.0001 as decimal(38, 4)) as used_amount,
    cast(cast(used_units.minor_units as decimal(38, 0)) * 0.0001 as decimal(38, 4)) as minor_amount,
from used_units
