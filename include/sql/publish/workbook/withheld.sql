-- The open items that would have gone with a letter tonight, had no data been bad, and what holds them.
-- Grain: open item
-- Reads: withheld_item, quarantine
-- Writes: the workbook, the validation report
with held_customers as (
    select
        quarantine.customer_id,
        string_agg(distinct quarantine.source_table || ' ' || quarantine.reason_code, ', ' order by
            quarantine.source_table || ' ' || quarantine.reason_code) as held_by,
    from quarantine
    where quarantine.holds_dunning
    group by quarantine.customer_id
)

select
    withheld_item.customer_id,
    withheld_item.invoice_number,
    withheld_item.instalment_no,
    withheld_item.step,
    withheld_item.days_past_due,
    withheld_item.currency,
    withheld_item.open_amount,
    concat_ws(
        ', ',
        nullif(withheld_item.reason_code, 'DATA_QUARANTINED'),
        held_customers.held_by
    ) as held_by,
from withheld_item
left join held_customers on withheld_item.customer_id = held_customers.customer_id
order by
    withheld_item.currency,
    withheld_item.open_amount desc,
    withheld_item.invoice_id,
    withheld_item.instalment_no
limit $rows_max
