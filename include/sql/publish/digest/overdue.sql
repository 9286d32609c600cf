-- What customers owe past due, the oldest first.
-- Grain: customer and currency
-- Reads: customer_salesperson, open_item, customer_class
-- Writes: the digest
with overdue_amounts as (
    select
        open_item.customer_id,
        open_item.currency,
        count(*) as items,
        max(open_item.days_past_due) as days_past_due,
        sum(open_item.open_amount) as overdue_amount,
        sum(open_item.disputed_amount) as disputed_amount,
    from open_item
    where open_item.days_past_due > 0
        and open_item.document_type <> 'interest_claim'
    group by open_item.customer_id, open_item.currency
)

select
    customer_salesperson.salesperson_no,
    customer_salesperson.customer_name,
    customer_class.abc_class,
    customer_class.risk_class,
    overdue_amounts.*,
    count(*) over (partition by customer_salesperson.salesperson_no) as found_rows,
from overdue_amounts
inner join customer_salesperson on overdue_amounts.customer_id = customer_salesperson.customer_id
left join customer_class on overdue_amounts.customer_id = customer_class.customer_id
qualify row_number() over (
    partition by customer_salesperson.salesperson_no
    order by
        overdue_amounts.days_past_due desc,
        overdue_amounts.customer_id,
        overdue_amounts.currency
) <= $rows_max
order by
    overdue_amounts.days_past_due desc,
    overdue_amounts.customer_id,
    overdue_amounts.currency
