-- What was set against invoices: receipts, then credit notes and write-offs.
-- Grain: allocation_id
-- Reads: demo_invoice
-- Writes: allocation
with
allocations as (
    select
        'a' as kind,
        i,
        legal_entity_id,
        case
            when instalment_count = 1 then case when i % 5 = 0 then 1 end
            when not is_waterfall then 1
        end as instalment_no,
        'receipt' as source_type,
        format('RCP{:08d}-1', i - cast(is_grouped and is_second as integer)) as source_id,
        allocated_on_1 as allocation_date,
        cents_1 as cents,
        reversed_on,
    from demo_invoice
    where allocated_on_1 is not null
    union all
    select
        'r', i, legal_entity_id, null, 'receipt', format('RCP{:08d}-1', i), repeated_on, cents_1,
        null,
    from demo_invoice
    where repeated_on is not null
    union all
    select
        'b', i, legal_entity_id,
        case when instalment_count > 1 and not is_waterfall then 2 end,
        'receipt', format('RCP{:08d}-2', i), allocated_on_2, cents_2, null,
    from demo_invoice
    where allocated_on_2 is not null
    union all
    select
        'c', i, legal_entity_id, 3, 'receipt', format('RCP{:08d}-3', i), allocated_on_3, cents_3,
        null,
    from demo_invoice
    where allocated_on_3 is not null
    union all
    select
        'n', i, legal_entity_id, null, 'credit_note', format('CRN{:08d}', i), credit_allocated_on,
        credit_cents, null,
    from demo_invoice
    where credit_allocated_on is not null
    union all
    select
        'w', i, legal_entity_id, null, 'write_off', format('WOF{:08d}', i), write_off_on,
        write_off_cents, null,
    from demo_invoice
    where write_off_on is not null
)

select
    format('ALC{:08d}{}', i, kind) as allocation_id,
    legal_entity_id,
    format('INV{:08d}', i) as invoice_id,
    instalment_no,
    source_type,
    source_id,
    allocation_date,
    demo_amount(cents) as amount,
    reversed_on,
from allocations
