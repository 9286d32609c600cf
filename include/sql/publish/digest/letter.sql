-- What the night decided to write, and to whom.
-- Grain: notice and currency
-- Reads: customer_salesperson, notice
-- Writes: the digest
select
    customer_salesperson.salesperson_no,
    customer_salesperson.customer_id,
    customer_salesperson.customer_name,
    notice.step,
    notice.channel,
    notice.recipient_role,
    notice.item_count,
    notice.demanded_amount,
    notice.currency,
    count(*) over (partition by customer_salesperson.salesperson_no) as found_rows,
from notice
inner join customer_salesperson on notice.customer_id = customer_salesperson.customer_id
qualify row_number() over (
    partition by customer_salesperson.salesperson_no
    order by customer_salesperson.customer_id, notice.step, notice.notice_id, notice.currency
) <= $rows_max
order by
    customer_salesperson.customer_id,
    notice.step,
    notice.notice_id,
    notice.currency
