-- What each customer paid within the look-back, and how late, by the month in which it was due; of
-- it, what was paid lately.
-- Grain: customer, currency and month of the due date
-- Reads: allocation, split_payment, invoice, instalment, customer, class_setting
-- Writes: payment_month
with first_instalments as (
    select
        instalment.invoice_id,
        count(*) as instalments,
        min(instalment.due_date) as due_date,
    from instalment
    group by instalment.invoice_id
),

payments as (
    select
        allocation.invoice_id,
        allocation.allocation_date,
        allocation.amount,
        coalesce(instalment.due_date, first_instalments.due_date) as due_date,
    from allocation
    left join first_instalments on allocation.invoice_id = first_instalments.invoice_id
    left join instalment
        on allocation.invoice_id = instalment.invoice_id
        and allocation.instalment_no = instalment.instalment_no
    where allocation.source_type = 'receipt'
        and allocation.allocation_date > $since
        and allocation.allocation_date <= $as_of_date
        and (allocation.reversed_on is null or allocation.reversed_on > $as_of_date)
        and (allocation.instalment_no is not null or coalesce(first_instalments.instalments, 1) = 1)

    union all

    select
        split_payment.invoice_id,
        split_payment.allocation_date,
        split_payment.amount,
        split_payment.due_date,
    from split_payment
),

due_payments as (
    select
        invoice.customer_id,
        invoice.currency,
        payments.amount,
        payments.allocation_date,
        coalesce(
            payments.due_date,
            invoice.due_date,
            invoice.issue_date + customer.payment_terms_days
        ) as due_date,
    from payments
    inner join invoice on payments.invoice_id = invoice.invoice_id
    inner join customer on invoice.customer_id = customer.customer_id
),

dated_payments as (
    select
        due_payments.customer_id,
        due_payments.currency,
        due_payments.due_date,
        due_payments.amount,
        cast(due_payments.amount as decimal(38, 4))
            * cast(due_payments.allocation_date - due_payments.due_date as integer) as amount_days,
        due_payments.allocation_date - due_payments.due_date as days_late,
        due_payments.allocation_date > cast($as_of_date as date) - class_setting.trend_days as is_recent,
    from due_payments
    cross join class_setting
)

select
    dated_payments.customer_id,
    dated_payments.currency,
    date_trunc('month', dated_payments.due_date) as due_month,
    count(*) as payments,
    max(dated_payments.days_late) as worst_days_late,
    sum(dated_payments.amount) as amount,
    sum(dated_payments.amount_days) as amount_days,
    coalesce(sum(dated_payments.amount) filter (where dated_payments.is_recent), 0) as recent_amount,
    coalesce(sum(dated_payments.amount_days) filter (where dated_payments.is_recent), 0)
        as recent_amount_days,
from dated_payments
where dated_payments.days_late is not null
group by
    dated_payments.customer_id,
    dated_payments.currency,
    date_trunc('month', dated_payments.due_date)
