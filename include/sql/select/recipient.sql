-- Whom a customer's notice of a step goes to: the active contact of the step's role with an address,
-- else accounts payable, else any other.
-- Grain: customer and role asked for
-- Reads: contact, customer, policy_step
-- Writes: recipient
with ranked_contacts as (
    select
        contact.customer_id,
        policy_step.recipient_role as asked_role,
        contact.contact_id,
        contact.role,
        coalesce(contact.language, customer.language) as language,
        row_number() over (
            partition by contact.customer_id, policy_step.recipient_role
            order by
                contact.role <> policy_step.recipient_role,
                contact.role <> 'accounts_payable',
                contact.contact_id
        ) as rank_no,
    from contact
    inner join customer on contact.customer_id = customer.customer_id
    cross join (select distinct recipient_role from policy_step) as policy_step
    where contact.email is not null
        and coalesce(contact.is_active, true)
)

select
    ranked_contacts.customer_id,
    ranked_contacts.asked_role,
    ranked_contacts.contact_id,
    ranked_contacts.role,
    ranked_contacts.language,
from ranked_contacts
where ranked_contacts.rank_no = 1
