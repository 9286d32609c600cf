-- One customer and one invoice that must not be dunned for a while.
-- Grain: hold_id
-- Reads: demo_invoice, demo_subject, demo_setting
-- Writes: hold
with
overdue_customers as (
    select demo_invoice.legal_entity_id, demo_invoice.customer_id,
    from demo_invoice
    cross join demo_setting
    where
        demo_invoice.legal_entity_id = 'FR'
        and demo_invoice.open_cents > 0
        and demo_invoice.due_date < demo_setting.until
    group by demo_invoice.legal_entity_id, demo_invoice.customer_id
    order by least(count(*), 3) desc, demo_invoice.customer_id desc
    limit 1
)

select
    'HLD00001' as hold_id,
    overdue_customers.legal_entity_id,
    overdue_customers.customer_id,
    null as invoice_id,
    'insolvency rumour: legal department is checking' as reason,
    demo_setting.until - 10 as held_from,
    demo_setting.until + 21 as held_until,
from overdue_customers
cross join demo_setting
union all
select
    'HLD00002' as hold_id,
    demo_subject.legal_entity_id,
    null as customer_id,
    format('INV{:08d}', demo_subject.i) as invoice_id,
    'credit note is being prepared' as reason,
    demo_setting.until - 4 as held_from,
    demo_setting.until + 11 as held_until,
from demo_subject
cross join demo_setting
where demo_subject.story = 'invoice_hold'
