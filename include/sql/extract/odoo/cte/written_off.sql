-- What a payment takes off the debt beyond its money (discount, small difference) is a write-off.
-- Grain: payment line
-- Reads: account_payment, account_move_line, account_account
-- Writes: nothing; a CTE of the SELECTs beside this folder
select line.id as line_id, -line.amount_currency - payment.amount as amount
from account_payment as payment
inner join account_move_line as line
    on payment.move_id = line.move_id and payment.currency_id = line.currency_id
inner join account_account as account
    on line.account_id = account.id and account.account_type = 'asset_receivable'
where payment.payment_type = 'inbound'
    and -line.amount_currency > payment.amount
