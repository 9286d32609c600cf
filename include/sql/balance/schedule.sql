-- The instalments of open invoices, each with its invoice; one without (agreeing) instalments has one.
-- Grain: invoice and instalment
-- Reads: open_invoice, instalment, customer
-- Writes: schedule
select
    open_invoice.* exclude (has_schedule, last_due_date, due_date, gross_amount),
    instalment.instalment_no,
    instalment.due_date,
    instalment.amount,
    instalment.open_amount as source_open_amount,
    coalesce(instalment.in_transit_amount, 0) as in_transit_amount,
from open_invoice
inner join instalment on open_invoice.invoice_id = instalment.invoice_id
where open_invoice.has_schedule

union all

select
    open_invoice.* exclude (has_schedule, last_due_date, due_date, gross_amount),
    1 as instalment_no,
    coalesce(
        open_invoice.last_due_date,
        open_invoice.due_date,
        open_invoice.issue_date + customer.payment_terms_days
    ) as due_date,
    open_invoice.gross_amount as amount,
    cast(null as decimal(18, 4)) as source_open_amount,
    cast(0 as decimal(18, 4)) as in_transit_amount,
from open_invoice
left join customer on open_invoice.customer_id = customer.customer_id
where not open_invoice.has_schedule
