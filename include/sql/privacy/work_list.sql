-- The work for which a contact was to be reached.
-- Grain: night, customer, kind and currency
-- Reads: work_list
-- Writes: what is told of a person
select
    work_list.as_of_date,
    work_list.contact_id,
    work_list.customer_id,
    work_list.kind,
    work_list.currency,
    work_list.step,
from work_list
where list_contains($contact_ids, work_list.contact_id)
order by all
