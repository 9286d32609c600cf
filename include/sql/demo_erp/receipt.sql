-- Money that arrived: one receipt pays one invoice, a pair of invoices, or none yet.
-- Grain: receipt_id
-- Reads: demo_invoice, demo_agreement_part
-- Writes: receipt
with
receipts as (
    select
        format('RCP{:08d}-1', i) as receipt_id,
        legal_entity_id,
        customer_id,
        paid_on_1 as receipt_date,
        currency,
        cents_1 + extra_cents + partner_cents as cents,
        case
            when is_grouped
                then format(
                    '{0}-{1}-{2:06d} {0}-{1}-{3:06d}', legal_entity_id, year(issue_date),
                    number_in_year, number_in_year + 1
                )
            when i % 5 = 0 then format('TRF {:09d}', i * 7919 % 1000000000)
            else format('{}-{}-{:06d}', legal_entity_id, year(issue_date), number_in_year)
        end as reference,
    from demo_invoice
    where cents_1 > 0 and not (is_grouped and is_second)
    union all
    select
        format('RCP{:08d}-2', i),
        legal_entity_id,
        customer_id,
        paid_on_2,
        currency,
        cents_2,
        format('{}-{}-{:06d} 2', legal_entity_id, year(issue_date), number_in_year),
    from demo_invoice
    where cents_2 > 0
    union all
    select
        format('RCP{:08d}-3', i),
        legal_entity_id,
        customer_id,
        paid_on_3,
        currency,
        cents_3,
        format('{}-{}-{:06d} 3', legal_entity_id, year(issue_date), number_in_year),
    from demo_invoice
    where cents_3 > 0
    union all
    select
        format('RCP{:08d}-9', i),
        legal_entity_id,
        customer_id,
        on_account_on,
        currency,
        demo_whole(gross_cents * 2 // 3, unit),
        'on account',
    from demo_invoice
    where on_account_on is not null
    union all
    select
        format('RCP-{}-{}', agreement_id, part),
        legal_entity_id,
        customer_id,
        paid_on,
        currency,
        part_cents,
        agreement_id,
    from demo_agreement_part
    where paid_on is not null
)

select
    receipt_id,
    legal_entity_id,
    customer_id,
    receipt_date,
    currency,
    demo_amount(cents) as amount,
    reference,
    cast(receipt_date as timestamp) + interval 9 hour as updated_at,
from receipts
