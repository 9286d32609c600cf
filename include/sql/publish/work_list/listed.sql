-- What people have to do, the first of each kind, with whom to reach and what to say: the script of a
-- call, the question to clarify.
-- Grain: customer (empty: the bank), kind and currency
-- Reads: work_list, contact, customer, call_script
-- Writes: the page
select
    work_list.*,
    contact.name as contact_name,
    case work_list.kind
        when 'letter' then contact.postal_address
        else contact.phone
    end as contact_reached_at,
    coalesce(customer.salesperson_name, customer.salesperson_email) as salesperson_name,
    coalesce(call_script.script, work_list.question) as script,
    count(*) over (partition by work_list.kind) as found_rows,
from work_list
left join contact on work_list.contact_id = contact.contact_id
left join customer on work_list.customer_id = customer.customer_id
left join call_script
    on work_list.customer_id = call_script.customer_id
    and work_list.currency = call_script.currency
    and work_list.kind = 'call'
qualify row_number() over (
    partition by work_list.kind order by work_list.priority
) <= $rows_max
order by work_list.priority
