-- Instalments, with whether their invoice is known, and their due date and amount plausible.
-- Grain: landed row
-- Reads: checked, invoice, currency
-- Writes: probe
select
    checked.*,
    invoice.invoice_id is not null as invoice_is_known,
    date_diff('day', invoice.issue_date, try_cast(checked.due_date as date)) as days_to_due,
    coalesce(
        length(rtrim(split_part(checked.amount, '.', 2), '0')) <= currency.exponent,
        true
    ) as amount_fits_currency,
    invoice.customer_id as held_customer_id,
from checked
left join invoice
    on checked.legal_entity_id = invoice.legal_entity_id
    and checked.invoice_id = invoice.invoice_id
left join currency on invoice.currency = currency.currency
