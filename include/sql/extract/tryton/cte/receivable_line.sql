-- What stands on receivable accounts, and whose it is: an invoice's (its own move, or one added by
-- rescheduling or delegating it; a delegated part is a document of the party that owes it now), a
-- payment's, or nobody's. A move that only cancels an invoice is no document.
-- Grain: posted line of a receivable account
-- Reads: account_move_line, account_account, account_account_type, account_move, account_journal,
--   company_company, account_invoice, account_invoice-additional-account_move,
--   account_invoice-account_move_line
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    line.id,
    line.reconciliation,
    line.maturity_date,
    line.description,
    line.create_date,
    line.write_date,
    move.company,
    move.number as move_number,
    move.date,
    coalesce(billed.billed_on, move.date) as billed_on,
    coalesce(line.party, 0)::text as customer_id,
    line.debit - line.credit as balance,
    coalesce(line.second_currency, company.currency) as currency_id,
    case
        when line.second_currency is null then line.debit - line.credit
        else line.amount_second_currency
    end as amount,
    link.invoice as paid_invoice_id,
    billed.invoice_id,
    billed.is_own,
    case
        when coalesce(line.party, billed.party) is distinct from billed.party
            then billed.invoice_id || '/' || line.party
        else billed.invoice_id::text
    end as whole_id,
    case
        when link.invoice is not null or journal.type in ('cash', 'statement') then 'money'
        when journal.type = 'write-off' then 'write_off'
        else 'entry'
    end as nature,
    billed.invoice_id is null and cancelled.cancel_move is not null as is_cancellation
from account_move_line as line
inner join account_account as account on line.account = account.id
inner join account_account_type as type on account.type = type.id and type.receivable
inner join account_move as move on line.move = move.id
inner join account_journal as journal on move.journal = journal.id
inner join company_company as company on move.company = company.id
left join (
    select
        part.move,
        invoice.account,
        invoice.id as invoice_id,
        invoice.party,
        own_move.date as billed_on,
        part.move = own_move.id as is_own
    from account_invoice as invoice
    inner join account_move as own_move on invoice.move = own_move.id
    inner join (
        select own.id as invoice, own.move
        from account_invoice as own
        union
        select added.invoice, added.move
        from "account_invoice-additional-account_move" as added
    ) as part on invoice.id = part.invoice
) as billed on line.move = billed.move and line.account = billed.account
left join "account_invoice-account_move_line" as link on line.id = link.line
left join (
    select distinct invoice.cancel_move
    from account_invoice as invoice
    where invoice.cancel_move is not null
) as cancelled on line.move = cancelled.cancel_move
where move.state = 'posted'
