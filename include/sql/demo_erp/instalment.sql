-- Due parts of invoices and debit notes; an allocation without instalment pays the oldest first.
-- Grain: invoice_id and instalment_no
-- Reads: demo_invoice
-- Writes: instalment
with
parts as (
    select
        *,
        cast(unnest(range(1, instalment_count + 1)) as integer) as part,
    from demo_invoice
),

settled_parts as (
    select
        *,
        case
            when part < instalment_count then instalment_cents
            else gross_cents - instalment_cents * (instalment_count - 1)
        end as part_cents,
        gross_cents - open_cents as settled_cents,
        case
            when cancelled_on is not null then 0
            when instalment_count > 1 and not is_waterfall
                then part_cents
                - case part
                    when 1 then settled_cents_1
                    when 2 then settled_cents_2
                    else settled_cents_3
                end
            else greatest(
                0, least(part_cents, (part - 1) * instalment_cents + part_cents - settled_cents)
            )
        end as open_part_cents,
        first_due_date + 30 * (part - 1) as part_due_date,
        open_part_cents > 0 and demo_slice(event_draw, 1) % 50 = 7 as is_in_transit,
    from parts
)

select
    format('INV{:08d}', i) as invoice_id,
    legal_entity_id,
    part as instalment_no,
    part_due_date as due_date,
    demo_amount(part_cents) as amount,
    case
        when demo_slice(event_draw, 1) % 100 = 3 then part_due_date - 10 else part_due_date
    end as original_due_date,
    demo_amount(open_part_cents) as open_amount,
    case when is_in_transit then demo_amount(open_part_cents) end as in_transit_amount,
from settled_parts
