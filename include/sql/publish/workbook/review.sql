-- What a person has to look at, and what is blocked, the largest amounts first.
-- Grain: open item
-- Reads: decision
-- Writes: the workbook
select
    decision.outcome,
    decision.reason_code,
    decision.customer_id,
    decision.invoice_number,
    decision.instalment_no,
    decision.currency,
    decision.open_amount,
    decision.days_past_due,
    decision.reason_text,
from decision
where decision.outcome in ('review', 'blocked')
order by
    decision.outcome desc,
    decision.open_amount desc,
    decision.invoice_id,
    decision.instalment_no
limit $rows_max
