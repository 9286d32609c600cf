-- Contacts, and whether their customer is known and their e-mail domain is its own.
-- Grain: landed row
-- Reads: checked, customer, email_domain
-- Writes: probe
select
    checked.*,
    customer.customer_id is not null as customer_is_known,
    coalesce(email_domain.kind, 'plain') as domain_kind,
    checked.customer_id as held_customer_id,
from checked
left join customer
    on checked.legal_entity_id = customer.legal_entity_id
    and checked.customer_id = customer.customer_id
left join email_domain on lower(split_part(checked.email, '@', -1)) = email_domain.domain
