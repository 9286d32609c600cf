-- The debtor.
-- Grain: customer
-- Reads: customer, contact
-- Writes: the dossier
select
    customer.customer_id,
    customer.name as customer_name,
    customer.country,
    customer.tax_id,
    (
        select contact.postal_address
        from contact
        where contact.customer_id = customer.customer_id
            and contact.postal_address is not null
            and coalesce(contact.is_active, true)
        order by contact.role <> 'legal', contact.contact_id
        limit 1
    ) as address,
from customer
where customer.customer_id = $customer_id
