-- The last letters to whom the first calls go.
-- Grain: notice
-- Reads: call_due, notice_history
-- Writes: the call scripts
with called_customers as (
    select distinct call_due.customer_id
    from call_due
),

letters as (
    select distinct
        notice_history.customer_id,
        notice_history.notice_id,
        notice_history.notice_step,
        notice_history.acted_on,
    from notice_history
    inner join called_customers on notice_history.customer_id = called_customers.customer_id
    where notice_history.state = 'sent'
)

select
    letters.customer_id,
    letters.notice_step,
    letters.acted_on,
from letters
qualify row_number() over (
    partition by letters.customer_id order by letters.acted_on desc, letters.notice_id
) <= $listed
order by
    letters.acted_on desc,
    letters.notice_id
