-- Allocations, with whether both of their ends are known, share a currency or have a rate between
-- theirs (and how old it was), and the amount is one that the invoice's currency has.
-- Grain: landed row
-- Reads: checked, invoice, receipt, pair_rate, currency
-- Writes: probe
with dated_allocations as (
    select
        checked.*,
        try_cast(checked.allocation_date as date) as dated_on,
        invoice.invoice_id is not null as invoice_is_known,
        invoice.currency as invoice_currency,
        case checked.source_type
            when 'receipt' then receipt.receipt_id is not null
            when 'credit_note' then credit_note.invoice_id is not null
            else true
        end as source_is_known,
        coalesce(receipt.currency, credit_note.currency) as source_currency,
        coalesce(
            invoice.customer_id, receipt.customer_id, credit_note.customer_id
        ) as held_customer_id,
    from checked
    left join invoice
        on checked.legal_entity_id = invoice.legal_entity_id
        and checked.invoice_id = invoice.invoice_id
    left join receipt
        on checked.legal_entity_id = receipt.legal_entity_id
        and checked.source_type = 'receipt'
        and checked.source_id = receipt.receipt_id
    left join invoice as credit_note
        on checked.legal_entity_id = credit_note.legal_entity_id
        and checked.source_type = 'credit_note'
        and checked.source_id = credit_note.invoice_id
        and credit_note.document_type = 'credit_note'
),

rate_dates as (
    select
        dated_allocations.source_row,
        dated_allocations.dated_on - pair_rate.rate_date as rate_age_days,
    from dated_allocations
    asof inner join pair_rate
        on dated_allocations.invoice_currency = pair_rate.from_currency
        and dated_allocations.source_currency = pair_rate.to_currency
        and dated_allocations.dated_on >= pair_rate.rate_date
    where dated_allocations.invoice_currency <> dated_allocations.source_currency
)

select
    dated_allocations.*,
    coalesce(dated_allocations.source_currency = dated_allocations.invoice_currency, true)
    or rate_dates.source_row is not null as currency_agrees,
    rate_dates.rate_age_days,
    coalesce(
        length(rtrim(split_part(dated_allocations.amount, '.', 2), '0')) <= currency.exponent,
        true
    ) as amount_fits_currency,
from dated_allocations
left join rate_dates on dated_allocations.source_row = rate_dates.source_row
left join currency on dated_allocations.invoice_currency = currency.currency
