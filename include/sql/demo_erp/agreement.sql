-- Settlement agreements: one that holds and one that is broken.
-- Grain: agreement_id
-- Reads: demo_agreement
-- Writes: agreement
select
    agreement_id,
    legal_entity_id,
    customer_id,
    agreed_on,
    demo_amount(cents) as closed_amount,
    currency,
    array_to_string(
        list_transform(invoice_numbers, lambda number: format('INV{:08d}', number)), ';'
    ) as invoice_ids,
    cast(clause_days as integer) as default_clause_days,
from demo_agreement
order by agreement_id
