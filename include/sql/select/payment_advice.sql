-- What customers told us lately that they paid: a contact of which came `paid`, with or without an
-- invoice. It counts for the policy's days, as a promise does: words shield nobody for ever. An
-- advice that names an invoice which nobody knows is one of the customer.
-- Grain: customer and invoice (empty: whatever was issued by then)
-- Reads: contact_event, invoice, customer_policy
-- Writes: payment_advice
select
    contact_event.customer_id,
    invoice.invoice_id,
    max(cast(contact_event.occurred_at as date)) as advised_on,
from contact_event
left join invoice on contact_event.invoice_id = invoice.invoice_id
inner join customer_policy on contact_event.customer_id = customer_policy.customer_id
where contact_event.outcome = 'paid'
    and cast(contact_event.occurred_at as date)
    <= cast($as_of_date as date) + customer_policy.known_since_days
    and cast(contact_event.occurred_at as date) + customer_policy.payment_advice_days > $as_of_date
group by contact_event.customer_id, invoice.invoice_id
