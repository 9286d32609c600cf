-- Who is written to.
-- Grain: notice and currency
-- Reads: notice
-- Writes: the workbook
select
    notice.customer_id,
    notice.step,
    notice.language,
    notice.recipient_role,
    notice.currency,
    notice.item_count,
    notice.open_amount,
    notice.credit_amount,
    notice.demanded_amount,
    notice.interest_mode,
    notice.interest_amount,
    notice.compensation_amount,
    notice.claimed_amount,
    notice.needs_confirmation,
    notice.notice_id,
from notice
order by notice.customer_id, notice.step, notice.notice_id, notice.currency
limit $rows_max
