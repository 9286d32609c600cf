-- Invoices with a story to tell (disputed, promised, held), each with one story only.
-- Grain: i
-- Reads: demo_invoice, demo_agreement, demo_setting
-- Writes: demo_subject
with
drawn_invoices as (
    select
        demo_invoice.i,
        demo_invoice.open_cents > 0 as is_open,
        demo_draw(demo_setting.seed, 'subject', demo_invoice.i) as subject_draw,
    from demo_invoice
    cross join demo_setting
    where
        demo_invoice.document_type = 'invoice'
        and demo_invoice.cancelled_on is null
        and demo_invoice.credit_cents = 0
        and demo_invoice.instalment_count = 1
        and (
            (
                demo_invoice.open_cents > 0
                and demo_invoice.due_date < demo_setting.until - 10
                and demo_invoice.i not in (
                    select unnest(invoice_numbers) as i from demo_agreement
                )
            )
            or (
                demo_invoice.open_cents = 0
                and demo_invoice.cents_2 = 0
                and demo_invoice.write_off_cents = 0
                and demo_invoice.paid_on_1 > demo_invoice.due_date + 9
            )
        )
),

ranked_invoices as (
    select
        *,
        row_number() over (partition by is_open order by subject_draw) as rank,
    from drawn_invoices
)

select
    case
        when not is_open and rank % 2 = 1 then 'promise_kept'
        when not is_open then 'dispute_resolved'
        when rank % 4 = 1 then 'dispute_full'
        when rank % 4 = 2 then 'promise_open'
        when rank % 4 = 3 then 'promise_broken'
        when rank = 4 then 'invoice_hold'
        when rank = 8 then 'account_promise_open'
        when rank = 12 then 'account_promise_broken'
        else 'dispute_partial'
    end as story,
    ranked_invoices.rank,
    ranked_invoices.subject_draw,
    demo_invoice.i,
    demo_invoice.legal_entity_id,
    demo_invoice.customer_id,
    demo_invoice.unit,
    demo_invoice.issue_date,
    demo_invoice.due_date,
    demo_invoice.paid_on_1,
    demo_invoice.cents_1,
    demo_invoice.open_cents,
from demo_invoice
inner join (
    select ranked_invoices.*,
    from ranked_invoices
    cross join demo_setting
    where rank <= case when is_open then 4 else 2 end * demo_setting.situations
) as ranked_invoices on demo_invoice.i = ranked_invoices.i
order by demo_invoice.i
