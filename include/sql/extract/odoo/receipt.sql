-- Money that arrived: what bank, cash and payment entries take off a receivable account. What is set
-- against an invoice of another currency is a receipt of its own, in the invoice's currency.
-- Grain: legal_entity_id, receipt_id
-- Reads: account_move_line, account_move, account_account, account_journal, account_payment,
--   account_partial_reconcile, res_company, res_currency, res_partner
-- Writes: landing receipt
with used as (
    select
        match.credit_move_id as line_id,
        match.debit_currency_id as currency_id,
        sum(match.debit_amount_currency - match.write_off_amount) as amount
    from match
    group by match.credit_move_id, match.debit_currency_id
),

money as (
    select
        line.id,
        entity.legal_entity_id,
        coalesce(partner.commercial_partner_id, partner.id, 0)::text as customer_id,
        line.date,
        line.currency_id,
        -line.amount_residual_currency as rest_amount,
        coalesce(nullif(move.ref, ''), line.name, move.name) as reference,
        greatest(line.write_date, move.write_date) at time zone 'UTC' as updated_at,
        move.name as entry_number
    from account_move_line as line
    inner join account_account as account
        on line.account_id = account.id and account.account_type = 'asset_receivable'
    inner join account_move as move on line.move_id = move.id
    inner join account_journal as journal on move.journal_id = journal.id
    inner join entity on move.company_id = entity.company_id
    left join res_partner as partner on coalesce(line.partner_id, move.partner_id) = partner.id
    left join account_payment as payment on move.id = payment.move_id
    where move.state = 'posted'
        and line.amount_currency < 0
        and (payment.id is not null or journal.type in ('bank', 'cash', 'credit'))
),

part as (
    select money.id, money.currency_id, money.rest_amount as amount
    from money
    union all
    select used.line_id, used.currency_id, used.amount
    from used
)

select
    case
        when part.currency_id = money.currency_id then 'line-' || money.id
        else 'line-' || money.id || '/' || currency.name
    end as receipt_id,
    money.legal_entity_id,
    money.customer_id,
    money.date as receipt_date,
    currency.name as currency,
    sum(part.amount) as amount,
    money.reference,
    money.updated_at,
    money.entry_number
from money
inner join part on money.id = part.id
inner join res_currency as currency on part.currency_id = currency.id
group by
    money.id, money.legal_entity_id, money.customer_id, money.date, money.currency_id,
    money.reference, money.updated_at, money.entry_number, part.currency_id, currency.name
having sum(part.amount) > 0
order by money.legal_entity_id, money.id, part.currency_id = money.currency_id desc, currency.name
