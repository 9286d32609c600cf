-- Monthly parts of settlement agreements.
-- Grain: agreement_id and part
-- Reads: demo_agreement
-- Writes: demo_agreement_part
with
parts as (
    select
        * exclude (invoice_numbers),
        cast(unnest(range(1, instalment_count + 1)) as integer) as part,
    from demo_agreement
)

select
    agreement_id,
    legal_entity_id,
    customer_id,
    currency,
    part,
    agreed_on + 30 * part as due_date,
    case
        when part < instalment_count then cents // instalment_count
        else cents - cents // instalment_count * (instalment_count - 1)
    end as part_cents,
    case when part <= paid_count then demo_business_day(agreed_on, 30 * part - 2) end as paid_on,
from parts
order by agreement_id, part
