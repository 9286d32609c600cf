-- Lines on receivable accounts of what is posted, and of invoices cancelled after they were posted.
-- An invoice is all lines on its own side of the ledger; any other line is a document of its own.
-- A general entry that was set off whole by its own day was never a credit: it is a write-off.
-- Grain: journal item
-- Reads: account_move_line, account_move, account_account, account_journal, account_payment,
--   res_currency, res_partner, entity, settled
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    line.id,
    line.move_id,
    entity.legal_entity_id,
    line.date,
    line.amount_currency,
    line.amount_residual_currency,
    line.currency_id,
    line.name as label,
    coalesce(line.date_maturity, line.date) as due_date,
    coalesce(partner.commercial_partner_id, partner.id, 0)::text as customer_id,
    currency.name as currency,
    move.name as number,
    move.move_type,
    move.state,
    coalesce(move.invoice_date, move.date) as issue_date,
    move.date as posting_date,
    move.ref,
    move.payment_reference,
    greatest(line.write_date, move.write_date) as write_date,
    case
        when move.move_type in ('out_invoice', 'out_refund', 'out_receipt')
            and sign(line.amount_currency)
            = sign(sum(line.amount_currency) over (partition by line.move_id))
            then line.move_id::text
        else 'line-' || line.id
    end as document_id,
    line.amount_currency < 0
    and (payment.id is not null or journal.type in ('bank', 'cash', 'credit'))
        as is_receipt,
    line.amount_currency < 0
    and payment.id is null
    and journal.type = 'general'
    and move.move_type = 'entry'
    and line.amount_residual_currency = 0
    and settled.settled_on <= line.date as is_write_off
from account_move_line as line
inner join account_account as account
    on line.account_id = account.id and account.account_type = 'asset_receivable'
inner join account_move as move on line.move_id = move.id
inner join account_journal as journal on move.journal_id = journal.id
inner join entity on move.company_id = entity.company_id
inner join res_currency as currency on line.currency_id = currency.id
left join res_partner as partner on coalesce(line.partner_id, move.partner_id) = partner.id
left join account_payment as payment on move.id = payment.move_id
left join settled on line.id = settled.line_id
where (
    move.state = 'posted'
    or move.state = 'cancel' and move.posted_before and move.name <> '/'
    and move.move_type in ('out_invoice', 'out_refund', 'out_receipt')
)
    and line.amount_currency <> 0
