-- Promises to pay that the debtor made by the day.
-- Grain: promise
-- Reads: promise, invoice, customer
-- Writes: the dossier
select
    promise.promise_id,
    promise.invoice_id,
    promise.promised_on,
    promise.due_on,
    coalesce(invoice.currency, customer.currency) as currency,
    promise.amount,
    promise.guarantee_letter_ref,
from promise
left join invoice on promise.invoice_id = invoice.invoice_id
left join customer on promise.customer_id = customer.customer_id
where promise.customer_id = $customer_id
    and promise.promised_on <= $as_of_date
order by promise.promised_on, promise.promise_id
