-- Money that names the invoice it is for, before the two are reconciled.
-- Grain: receipt line
-- Reads: posting, owed, currency_currency
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    money.id,
    money.legal_entity_id,
    owed.document_id,
    owed.currency_id,
    owed.currency_id = money.currency_id as is_of_one_currency,
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
