-- What was set against documents, in their currency. Un-reconciling deletes the row in Odoo, so it is
-- gone here the next night. A credit note used in another currency is, on both sides, a write-off.
-- Grain: legal_entity_id, allocation_id
-- Reads: account_partial_reconcile, account_move_line, account_move, account_account,
--   account_journal, account_payment, res_company, res_currency
-- Writes: landing allocation
with
-- An invoice is all lines on its own side of the ledger; any other line is a document of its own.
-- A general entry that was set off whole by its own day was never a credit: it is a write-off.
posting as (
    select
        line.id,
        line.move_id,
        entity.legal_entity_id,
        line.date,
        line.amount_currency,
        line.amount_residual_currency,
        line.currency_id,
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
    left join account_payment as payment on move.id = payment.move_id
    left join settled on line.id = settled.line_id
    where move.state = 'posted'
        and line.amount_currency <> 0
),

side as (
    select
        posting.*,
        coalesce(posting.is_write_off, false) as is_written_off,
        row_number() over (
            partition by posting.legal_entity_id, posting.document_id order by posting.id
        ) as instalment_no
    from posting
),

applied as (
    select
        match.*,
        debit.legal_entity_id,
        debit.document_id as debit_document_id,
        debit.instalment_no as debit_instalment_no,
        credit.document_id as credit_document_id,
        credit.instalment_no as credit_instalment_no,
        case
            when credit.is_receipt then 'receipt'
            when credit.is_written_off or not match.is_of_one_currency then 'write_off'
            else 'credit_note'
        end as source_type,
        case
            when credit.is_receipt and not match.is_of_one_currency
                then credit.document_id || '/' || currency.name
            else credit.document_id
        end as source_id,
        not credit.is_receipt
        and not credit.is_written_off
        and (not match.is_of_one_currency or match.debit_amount_currency = 0) as is_converted
    from match
    inner join side as debit on match.debit_move_id = debit.id
    inner join side as credit on match.credit_move_id = credit.id
    inner join res_currency as currency on match.debit_currency_id = currency.id
),

allocation as (
    select
        applied.id::text as allocation_id,
        applied.legal_entity_id,
        applied.debit_document_id as invoice_id,
        applied.debit_instalment_no as instalment_no,
        applied.source_type,
        applied.source_id,
        applied.max_date as allocation_date,
        applied.debit_amount_currency - applied.write_off_amount as amount
    from applied
    union all
    select
        applied.id || '/write_off',
        applied.legal_entity_id,
        applied.debit_document_id,
        applied.debit_instalment_no,
        'write_off',
        applied.source_id,
        applied.max_date,
        applied.write_off_amount
    from applied
    union all
    select
        applied.id || '/credit',
        applied.legal_entity_id,
        applied.credit_document_id,
        applied.credit_instalment_no,
        'write_off',
        applied.debit_document_id,
        applied.max_date,
        applied.credit_amount_currency
    from applied
    where applied.is_converted
)

select *
from allocation
where allocation.amount > 0
order by allocation.legal_entity_id, allocation.allocation_id
