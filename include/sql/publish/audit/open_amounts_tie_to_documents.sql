-- What is open, less what was overpaid, is what was billed less what was set against it.
-- Grain: currency that does not tie
-- Reads: invoice, allocation, open_item, credit_item, night
-- Writes: check_result
with billed_amounts as (
    select
        invoice.currency,
        sum(invoice.gross_amount) as amount,
    from invoice
    cross join night
    where invoice.document_type <> 'credit_note'
        and invoice.posting_date <= night.as_of_date
        and not (
            coalesce(invoice.status, 'posted') = 'cancelled'
            and coalesce(invoice.cancelled_on, night.as_of_date) <= night.as_of_date
        )
        and coalesce(invoice.cancelled_on > night.as_of_date, true)
    group by invoice.currency
),

allocated_amounts as (
    select
        invoice.currency,
        -sum(allocation.amount) as amount,
    from allocation
    inner join invoice on allocation.invoice_id = invoice.invoice_id
    cross join night
    where invoice.document_type <> 'credit_note'
        and allocation.allocation_date <= night.as_of_date
        and (allocation.reversed_on is null or allocation.reversed_on > night.as_of_date)
    group by invoice.currency
),

amounts as (
    select * from billed_amounts
    union all
    select * from allocated_amounts
    union all
    select open_item.currency, -sum(open_item.open_amount) from open_item group by all
    union all
    select credit_item.currency, -sum(credit_item.amount) from credit_item
    where credit_item.kind = 'overpayment'
    group by all
)

select
    amounts.currency as subject,
    sum(amounts.amount) as difference,
from amounts
cross join night
where not night.open_amounts_from_source
group by amounts.currency
having sum(amounts.amount) <> 0
