-- Good customers that are late for the first time: a call from who knows them is worth more than a letter.
-- Grain: customer
-- Reads: customer_salesperson, customer_class
-- Writes: the digest
select
    customer_salesperson.salesperson_no,
    customer_salesperson.customer_id,
    customer_salesperson.customer_name,
    customer_class.overdue_days,
    customer_class.payments,
    customer_class.worst_days_late,
    count(*) over (partition by customer_salesperson.salesperson_no) as found_rows,
from customer_class
inner join customer_salesperson on customer_class.customer_id = customer_salesperson.customer_id
where customer_class.is_late_for_first_time
    and customer_class.abc_class = $best_abc_class
qualify row_number() over (
    partition by customer_salesperson.salesperson_no
    order by customer_class.overdue_days desc, customer_class.customer_id
) <= $rows_max
order by
    customer_class.overdue_days desc,
    customer_class.customer_id
