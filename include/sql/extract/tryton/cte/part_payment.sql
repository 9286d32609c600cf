-- What names the invoice it is for, before the two are reconciled: money, and lines that are set off.
-- Grain: line
-- Reads: posting, owed, currency_currency
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    money.id,
    money.legal_entity_id,
    owed.document_id,
    owed.currency_id,
    owed.currency_id = money.currency_id as is_of_one_currency,
    true as is_receipt,
    greatest(money.date, owed.billed_on) as allocation_date,
    case
        when owed.currency_id = money.currency_id then -money.amount
        else round(-money.balance * owed.amount / owed.balance, currency.digits)
    end as amount
from posting as money
inner join owed on money.paid_invoice_id::text = owed.document_id
inner join currency_currency as currency on owed.currency_id = currency.id
where money.is_receipt
    and money.is_open

union all

select
    line.id,
    line.legal_entity_id,
    line.whole_id,
    line.currency_id,
    true,
    false,
    greatest(line.date, line.billed_on),
    abs(line.amount)
from posting as line
where line.is_set_off
