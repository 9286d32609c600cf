-- Who agreed to pay in parts, and for which old invoices: one agreement holds, the other is broken.
-- Grain: agreement_id
-- Reads: demo_invoice, demo_customer, demo_setting
-- Writes: demo_agreement
with
terms (agreement_id, legal_entity_id, days_ago, instalment_count, paid_count, clause_days) as (
    values
        ('AGR00001', 'BR', 75, 6, 2, 15),
        ('AGR00002', 'DE', 150, 4, 1, 10)
),

covered_customers as (
    select
        terms.agreement_id,
        demo_invoice.customer_no,
        list(demo_invoice.i order by demo_invoice.i)[1:5] as invoice_numbers,
        list_sum(list(demo_invoice.open_cents order by demo_invoice.i)[1:5]) as cents,
        row_number() over (
            partition by terms.agreement_id
            order by least(count(*), 4) desc, demo_invoice.customer_no desc
        ) as choice,
    from demo_invoice
    cross join demo_setting
    inner join terms on demo_invoice.legal_entity_id = terms.legal_entity_id
    where
        demo_invoice.open_cents > 0
        and demo_invoice.document_type = 'invoice'
        and demo_invoice.first_due_date <= demo_setting.until - terms.days_ago
    group by terms.agreement_id, demo_invoice.customer_no
)

select
    terms.agreement_id,
    terms.legal_entity_id,
    demo_customer.customer_id,
    demo_customer.currency,
    demo_setting.until - terms.days_ago as agreed_on,
    terms.instalment_count,
    terms.paid_count,
    terms.clause_days,
    cast(covered_customers.cents as bigint) as cents,
    covered_customers.invoice_numbers,
from covered_customers
inner join terms on covered_customers.agreement_id = terms.agreement_id
inner join demo_customer on covered_customers.customer_no = demo_customer.customer_no
cross join demo_setting
where covered_customers.choice = 1
order by terms.agreement_id
