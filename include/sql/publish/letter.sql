-- Who each of tonight's letters goes to.
-- Grain: notice
-- Reads: notice, customer, contact
-- Writes: the outbox
select distinct
    notice.notice_id,
    notice.customer_id,
    notice.step,
    notice.policy_name,
    notice.cycle,
    notice.generation,
    notice.channel,
    notice.language,
    notice.recipient_role,
    notice.interest_mode,
    notice.approval_role,
    notice.contact_id,
    contact.name as contact_name,
    contact.email,
    contact.postal_address,
    customer.name as customer_name,
    customer.time_zone,
    customer.salesperson_email,
from notice
inner join customer on notice.customer_id = customer.customer_id
inner join contact on notice.contact_id = contact.contact_id
order by notice.notice_id
