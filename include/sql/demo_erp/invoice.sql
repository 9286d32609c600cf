-- Invoices and debit notes in the order of issue, then credit notes in that of their invoices.
-- Grain: invoice_id
-- Reads: demo_invoice, demo_lookup, demo_setting
-- Writes: invoice
select
    format('INV{:08d}', demo_invoice.i) as invoice_id,
    demo_invoice.legal_entity_id,
    demo_invoice.customer_id,
    format(
        '{}{}-{}-{:06d}',
        demo_invoice.legal_entity_id,
        case when demo_invoice.document_type = 'debit_note' then '-DN' else '' end,
        year(demo_invoice.issue_date),
        demo_invoice.number_in_year
    ) as invoice_number,
    demo_invoice.document_type,
    demo_invoice.issue_date,
    demo_invoice.posting_date,
    demo_invoice.currency,
    demo_amount(demo_invoice.gross_cents) as gross_amount,
    demo_invoice.due_date,
    case when demo_invoice.cancelled_on is null then 'posted' else 'cancelled' end as status,
    demo_invoice.cancelled_on,
    case
        when demo_slice(event_draw, 5) % 5 >= 3
            then issue_date - cast(30 + demo_slice(event_draw, 1) % 700 as integer)
    end as contract_date,
    case
        when demo_slice(event_draw, 5) % 5 < 3
            then culture.goods[1 + demo_slice(event_draw, 0) % len(culture.goods)]
        else culture.services[1 + demo_slice(event_draw, 0) % len(culture.services)]
    end as description,
    case
        when demo_slice(event_draw, 1) % 10 < 7
            then format('PO-{}', 4500000000 + i * 7 + demo_slice(event_draw, 0) % 7)
    end as purchase_order_ref,
    case
        when demo_slice(event_draw, 5) % 5 >= 3 then null
        when demo_slice(event_draw, 5) % 5 = 2
            then format('DEL-{:08d};DEL-{:08d}', 2 * i, 2 * i + 1)
        else format('DEL-{:08d}', 2 * i)
    end as delivery_refs,
    case
        when demo_invoice.legal_entity_id = 'BR' and demo_slice(event_draw, 2) < 870 then 'boleto'
        when demo_invoice.legal_entity_id <> 'BR' and demo_slice(event_draw, 2) < 154
            then 'direct_debit'
        when demo_invoice.legal_entity_id = 'FR' and demo_slice(event_draw, 2) >= 993 then 'cheque'
        when demo_slice(event_draw, 2) between 980 and 992 then 'card'
        else 'transfer'
    end as instrument_type,
    case
        when instrument_type = 'boleto' and open_cents > 0
            and demo_invoice.due_date < demo_setting.until - 60
            and demo_slice(event_draw, 2) % 3 = 0
            then 'protested'
        when instrument_type in ('boleto', 'direct_debit') and open_cents > 0
            and demo_invoice.due_date < demo_setting.until - 5
            and demo_slice(event_draw, 2) % 13 = 1
            then 'returned'
        when instrument_type = 'boleto' and demo_slice(event_draw, 2) % 4 = 0 then 'issued'
        when instrument_type = 'boleto' then 'registered'
        else 'none'
    end as instrument_status,
    case when instrument_type = 'boleto' then format('109/{:010d}-{}', i, i % 10) end
        as instrument_ref,
    cast(
        coalesce(
            greatest(
                posting_date, cancelled_on, allocated_on_1, allocated_on_2, allocated_on_3,
                reversed_on, repeated_on, credit_allocated_on, write_off_on
            ),
            posting_date
        ) as timestamp
    ) + interval 8 hour + to_seconds(cast(i * 7919 % 36000 as double)) as updated_at,
from (
    select
        demo_invoice.*,
        demo_lookup.cultures[demo_invoice.culture_no] as culture,
    from demo_invoice
    cross join demo_lookup
) as demo_invoice
cross join demo_setting
union all
select
    format('CRN{:08d}', i) as invoice_id,
    legal_entity_id,
    customer_id,
    format('{}-CN-{}-{:06d}', legal_entity_id, year(issue_date), number_in_year)
        as invoice_number,
    'credit_note' as document_type,
    credit_on as issue_date,
    credit_on as posting_date,
    currency,
    demo_amount(credit_cents) as gross_amount,
    credit_on as due_date,
    'posted' as status,
    null as cancelled_on,
    null as contract_date,
    format('{}-{}-{:06d}', legal_entity_id, year(issue_date), number_in_year) as description,
    null as purchase_order_ref,
    null as delivery_refs,
    null as instrument_type,
    null as instrument_status,
    null as instrument_ref,
    cast(coalesce(credit_allocated_on, credit_on) as timestamp) + interval 12 hour as updated_at,
from demo_invoice
where credit_cents > 0
