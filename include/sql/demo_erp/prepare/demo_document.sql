-- Invoices and debit notes as issued, before anything is paid; a view, so that rows stream through.
-- Grain: i
-- Reads: demo_number, demo_setting, demo_lookup
-- Writes: demo_document
with
drawn_documents as (
    select
        demo_number.i,
        (demo_number.i - 1) // 2 as pair,
        demo_number.i % 2 = 0 as is_second,
        demo_setting.seed,
        demo_setting.until,
        demo_setting.first_day,
        demo_setting.invoices,
        demo_lookup.first_year,
        demo_lookup.turns[1 + pair % len(demo_lookup.turns)] as turn,
        demo_lookup.issue_dates[1 + pair * 10000 // ((demo_setting.invoices + 1) // 2)]
            as issue_date,
        demo_draw(demo_setting.seed, 'document', demo_number.i) as document_draw,
        demo_draw(demo_setting.seed, 'payment', demo_number.i) as payment_draw,
        demo_draw(demo_setting.seed, 'event', demo_number.i) as event_draw,
        demo_draw(demo_setting.seed, 'pair', pair) as pair_draw,
        demo_slice(pair_draw, 0) < 61 and 2 * pair + 1 < demo_setting.invoices as is_grouped,
    from demo_number
    cross join demo_setting
    cross join demo_lookup
),

dealt_documents as (
    select
        drawn_documents.*,
        case when is_grouped then pair_draw >> 20 else document_draw end & 1048575 as skew_draw,
        (cast(skew_draw * skew_draw as bigint) * turn.customers_of_entity) >> 40 as position,
        demo_lookup.customers[1 + turn.customers_before + position] as customer,
    from drawn_documents
    cross join demo_lookup
)

select
    i,
    is_grouped,
    is_second,
    turn.legal_entity_id as legal_entity_id,
    2 * (pair // turn.round_length * turn.turns_in_round + turn.rank_in_round)
        + 1 + cast(is_second as integer)
        - turn.numbered_before[1 + year(issue_date) - first_year] as number_in_year,
    customer.customer_no as customer_no,
    customer.customer_id as customer_id,
    customer.currency as currency,
    customer.culture_no as culture_no,
    customer.unit as unit,
    until,
    issue_date,
    case
        when demo_slice(event_draw, 5) < 41 and not is_grouped
            then least(issue_date + cast(1 + demo_slice(event_draw, 5) % 3 as integer), until)
        else issue_date
    end as posting_date,
    case
        when demo_slice(payment_draw, 4) between 10 and 15 and not is_grouped then 'debit_note'
        else 'invoice'
    end as document_type,
    case
        when demo_slice(payment_draw, 4) < 10 and not is_grouped
            then demo_business_day(posting_date, 1 + demo_slice(event_draw, 1) % 30)
    end as planned_cancel_on,
    demo_happened(planned_cancel_on, until) as cancelled_on,
    case
        when is_grouped or document_type = 'debit_note' or turn.legal_entity_id <> 'BR'
            then 1
        when demo_slice(payment_draw, 3) < 100 then 2
        when demo_slice(payment_draw, 3) < 154 then 3
        else 1
    end as instalment_count,
    issue_date + cast(customer.payment_terms_days as integer) as first_due_date,
    cast(first_due_date + 30 * (instalment_count - 1) as date) as due_date,
    demo_gross_cents(
        document_draw,
        case
            when document_type = 'debit_note' then demo_bell(document_draw) // 4
            else demo_bell(document_draw)
        end,
        customer.amount_percent, customer.unit
    ) as gross_cents,
    case
        when is_grouped and not is_second
            then demo_gross_cents(
                demo_draw(seed, 'document', i + 1),
                demo_bell(demo_draw(seed, 'document', i + 1)),
                customer.amount_percent, customer.unit
            )
        else 0
    end as partner_cents,
    case when is_grouped then demo_slice(pair_draw, 4) else demo_slice(payment_draw, 1) end
        as late_draw,
    case customer.behaviour
        when 'punctual' then late_draw % 6 - 3
        when 'late' then 2 + late_draw % 24
        when 'chronic' then 25 + late_draw % 61
        when 'deteriorating'
            then late_draw % 15 + date_diff('day', first_day, issue_date) * 60 // 730
        when 'seasonal'
            then case
                when month(issue_date) in (1, 2, 7, 8) then 30 + late_draw % 31
                else late_draw % 9
            end
    end + case
        when demo_slice(payment_draw, 2) < 31 and not is_grouped then 30 + late_draw % 120
        else 0
    end as days_late,
    payment_draw,
    event_draw,
from dealt_documents
