-- What was set against documents, in their currency. Un-reconciling deletes the row in Odoo, so it is
-- gone here the next night. A credit note used in another currency is, on both sides, a write-off.
-- Grain: legal_entity_id, allocation_id
-- Reads: account_partial_reconcile, account_move_line, account_move, account_account,
--   account_journal, account_payment, res_company, res_currency
-- Writes: landing allocation
with side as (
    select
        posting.*,
        coalesce(posting.is_write_off, false) as is_written_off,
        row_number() over (
            partition by posting.legal_entity_id, posting.document_id order by posting.id
        ) as instalment_no
    from posting
    where posting.state = 'posted'
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
