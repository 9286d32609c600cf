-- What customers owe past due, the oldest first.
-- Grain: customer and currency
-- Reads: customer_salesperson, open_item, customer_class
-- Writes: the digest
select
    customer_salesperson.salesperson_no,
    customer_salesperson.customer_id,
    customer_salesperson.customer_name,
    customer_class.abc_class,
    customer_class.risk_class,
    count(*) as items,
    max(open_item.days_past_due) as days_past_due,
    sum(open_item.open_amount) as overdue_amount,
    sum(open_item.disputed_amount) as disputed_amount,
    open_item.currency,
from open_item
inner join customer_salesperson on open_item.customer_id = customer_salesperson.customer_id
left join customer_class on open_item.customer_id = customer_class.customer_id
where open_item.days_past_due > 0
    and open_item.document_type <> 'interest_claim'
group by all
order by days_past_due desc, customer_salesperson.customer_id, open_item.currency
