-- The items of tonight's letters that are not yet due, as the interest rules ask for them.
-- Grain: open item selected that is not yet due
-- Reads: notice_item, invoice
-- Writes: owed_instalment
select
    row_number() over () as item_no,
    notice_item.invoice_id,
    notice_item.instalment_no,
    notice_item.customer_id,
    notice_item.due_date,
    notice_item.currency,
    notice_item.original_amount as amount,
    notice_item.open_amount,
    invoice.purchase_order_ref,
    invoice.contract_date,
    false as is_interest_claim,
from notice_item
inner join invoice on notice_item.invoice_id = invoice.invoice_id
where notice_item.due_date >= notice_item.as_of_date
