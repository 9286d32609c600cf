-- Money that names no instalment, of invoices that have several: the oldest due is paid first, as if
-- no other money had named one.
-- Grain: allocation and instalment
-- Reads: allocation, instalment
-- Writes: split_payment
with split_invoices as (
    select instalment.invoice_id
    from instalment
    group by instalment.invoice_id
    having count(*) > 1
),

paid_spans as (
    select
        allocation.invoice_id,
        allocation.allocation_id,
        allocation.allocation_date,
        allocation.amount,
        sum(allocation.amount) over (
            partition by allocation.invoice_id
            order by allocation.allocation_date, allocation.allocation_id
        ) as paid_until,
    from allocation
    semi join split_invoices on allocation.invoice_id = split_invoices.invoice_id
    where allocation.source_type = 'receipt'
        and allocation.instalment_no is null
        and allocation.allocation_date <= $as_of_date
        and (allocation.reversed_on is null or allocation.reversed_on > $as_of_date)
),

due_spans as (
    select
        instalment.invoice_id,
        instalment.due_date,
        instalment.amount,
        sum(instalment.amount) over (
            partition by instalment.invoice_id
            order by instalment.due_date, instalment.instalment_no
        ) as due_until,
    from instalment
    semi join split_invoices on instalment.invoice_id = split_invoices.invoice_id
)

select
    paid_spans.invoice_id,
    paid_spans.allocation_date,
    due_spans.due_date,
    least(paid_spans.paid_until, due_spans.due_until) - greatest(
        paid_spans.paid_until - paid_spans.amount, due_spans.due_until - due_spans.amount
    ) as amount,
from paid_spans
inner join due_spans
    on paid_spans.invoice_id = due_spans.invoice_id
    and paid_spans.paid_until - paid_spans.amount < due_spans.due_until
    and due_spans.due_until - due_spans.amount < paid_spans.paid_until
where paid_spans.allocation_date > $since
