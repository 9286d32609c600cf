-- Who tonight's letters by post go to, the first on the work list first; who has no address gets none.
-- Grain: customer and currency
-- Reads: work_list, contact
-- Writes: the letters to print
select
    work_list.customer_id || '/' || work_list.currency as letter_id,
    work_list.priority,
    work_list.customer_id,
    work_list.currency,
    work_list.customer_name,
    contact.name as contact_name,
    contact.postal_address,
    work_list.language,
    work_list.policy_name,
    work_list.step,
from work_list
inner join contact on work_list.contact_id = contact.contact_id
where work_list.kind = 'letter'
    and contact.postal_address is not null
order by work_list.priority
limit $letters_max
