-- Receipts, with whether their customer is known, their amount fits the currency, and how far ahead
-- of the day on which we heard of them they are dated.
-- Grain: landed row
-- Reads: checked, customer, currency, night
-- Writes: probe
select
    checked.*,
    customer.customer_id is not null as customer_is_known,
    coalesce(
        length(rtrim(split_part(checked.amount, '.', 2), '0')) <= currency.exponent,
        true
    ) as amount_fits_currency,
    date_diff('day', night.known_on, try_cast(checked.receipt_date as date)) as days_ahead,
    checked.customer_id as held_customer_id,
from checked
left join customer
    on checked.legal_entity_id = customer.legal_entity_id
    and checked.customer_id = customer.customer_id
cross join night
left join currency on checked.currency = currency.currency
