-- Documents, with whether their customer is known and their amount and dates are plausible.
-- Grain: landed row
-- Reads: checked, customer, currency
-- Writes: probe
select
    checked.*,
    customer.customer_id is not null as customer_is_known,
    coalesce(
        length(rtrim(split_part(checked.gross_amount, '.', 2), '0')) <= currency.exponent,
        true
    ) as amount_fits_currency,
    date_diff(
        'day', try_cast(checked.issue_date as date), try_cast(checked.due_date as date)
    ) as days_to_due,
    checked.customer_id as held_customer_id,
from checked
left join customer
    on checked.legal_entity_id = customer.legal_entity_id
    and checked.customer_id = customer.customer_id
left join currency on checked.currency = currency.currency
