-- Calls, messages and letters about late invoices, and what came of them.
-- Grain: event_id
-- Reads: demo_invoice, demo_setting
-- Writes: contact_event
with
ranked_invoices as (
    select
        demo_invoice.i,
        demo_draw(demo_setting.seed, 'contact event', demo_invoice.i) as draw,
        row_number() over (order by draw) as rank,
    from demo_invoice
    cross join demo_setting
    where
        demo_invoice.cancelled_on is null
        and demo_invoice.first_due_date < demo_setting.until - 3
        and (
            demo_invoice.open_cents > 0
            or demo_invoice.paid_on_1 > demo_invoice.first_due_date + 5
        )
),

chosen_invoices as (
    select ranked_invoices.i, ranked_invoices.draw,
    from ranked_invoices
    cross join demo_setting
    where ranked_invoices.rank <= 24 * demo_setting.situations
)

select
    format('EVT{:08d}', demo_invoice.i) as event_id,
    demo_invoice.legal_entity_id,
    demo_invoice.customer_id,
    cast(
        least(
            demo_business_day(demo_invoice.first_due_date, 2 + demo_slice(draw, 0) % 20),
            demo_setting.until
        ) as timestamp
    ) + to_minutes(540 + demo_slice(draw, 1) % 480) as occurred_at,
    (['phone', 'phone', 'email', 'letter'])[1 + demo_slice(draw, 2) % 4] as channel,
    case when demo_slice(draw, 3) < 820 then 'outbound' else 'inbound' end as direction,
    (['no_answer', 'no_answer', 'promised', 'note', 'note', 'paid', 'disputed', 'wrong_person'])[
        1 + demo_slice(draw, 4) % 8
    ] as outcome,
    format('INV{:08d}', demo_invoice.i) as invoice_id,
from demo_invoice
inner join chosen_invoices on demo_invoice.i = chosen_invoices.i
cross join demo_setting
order by demo_invoice.i
