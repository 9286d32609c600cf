-- Money that arrived: credits of payments, and of cash and statement journals. What is set against an
-- invoice of another currency is a receipt of its own, in the invoice's currency.
-- Grain: legal_entity_id, receipt_id
-- Reads: account_move_line, account_move, account_account, account_account_type, account_journal,
--   account_invoice, account_move_reconciliation, "account_invoice-account_move_line",
--   "account_invoice-additional-account_move", company_company, currency_currency
-- Writes: landing receipt
with part as (
    select
        posting.id,
        coalesce(part_payment.currency_id, posting.currency_id) as currency_id,
        coalesce(part_payment.amount, -posting.amount) as amount
    from posting
    left join part_payment on posting.id = part_payment.id
    where posting.is_receipt
        and posting.is_open
    union all
    select match.credit_id, match.currency_id, match.amount
    from match
    where match.is_receipt
)

select
    case
        when part.currency_id = money.currency_id then 'line-' || money.id
        else 'line-' || money.id || '/' || currency.code
    end as receipt_id,
    money.legal_entity_id,
    money.customer_id,
    money.date as receipt_date,
    currency.code as currency,
    sum(part.amount) as amount,
    coalesce(nullif(money.description, ''), money.move_number) as reference,
    coalesce(money.write_date, money.create_date) at time zone 'UTC' as updated_at
from posting as money
inner join part on money.id = part.id
inner join currency_currency as currency on part.currency_id = currency.id
group by
    money.id, money.legal_entity_id, money.customer_id, money.date, money.currency_id,
    money.description, money.move_number, money.write_date, money.create_date, part.currency_id,
    currency.code
having sum(part.amount) > 0
order by money.legal_entity_id, money.id, currency.code
