-- Whom a customer's notice of a step goes to: the active contact with an address of the first role
-- asked for, else of the second, and so on; else accounts payable, else any other. One whose address is
-- suppressed is passed over.
-- Grain: customer and roles asked for
-- Reads: contact, suppressed_contact, customer, customer_policy, policy_step
-- Writes: recipient
with asked_roles as (
    select distinct
        policy_step.policy_name,
        policy_step.recipients,
        string_split(policy_step.recipients, ',') as roles,
    from policy_step
),

ranked_contacts as (
    select
        contact.customer_id,
        asked_roles.recipients,
        contact.contact_id,
        contact.role,
        coalesce(contact.language, customer.language) as language,
        row_number() over (
            partition by contact.customer_id, asked_roles.recipients
            order by
                coalesce(
                    nullif(list_position(asked_roles.roles, contact.role), 0),
                    len(asked_roles.roles) + 1
                ),
                contact.role <> 'accounts_payable',
                contact.contact_id
        ) as rank_no,
    from contact
    inner join customer on contact.customer_id = customer.customer_id
    inner join customer_policy on contact.customer_id = customer_policy.customer_id
    inner join asked_roles on customer_policy.policy_name = asked_roles.policy_name
    anti join suppressed_contact on contact.contact_id = suppressed_contact.contact_id
    where contact.email is not null
        and coalesce(contact.is_active, true)
)

select
    ranked_contacts.customer_id,
    ranked_contacts.recipients,
    ranked_contacts.contact_id,
    ranked_contacts.role,
    ranked_contacts.language,
from ranked_contacts
where ranked_contacts.rank_no = 1
