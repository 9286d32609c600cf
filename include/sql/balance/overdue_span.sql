-- The currencies of overdue instalments, and the days that these span.
-- Grain: currency
-- Reads: owed_instalment, open_invoice, currency
-- Writes: nothing
select
    open_invoice.currency,
    currency.exponent,
    min(owed_instalment.due_date) as first_due_date,
from owed_instalment
inner join open_invoice on owed_instalment.invoice_id = open_invoice.invoice_id
inner join currency on open_invoice.currency = currency.currency
where owed_instalment.due_date < $as_of_date
group by open_invoice.currency, currency.exponent
order by open_invoice.currency
