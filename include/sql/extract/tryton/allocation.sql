-- What was set against documents, in their currency: reconciliations, which are always whole, and
-- payments of an invoice that are not reconciled yet. What a reconciliation leaves is a write-off.
-- Grain: legal_entity_id, allocation_id
-- Reads: account_move_line, account_move, account_account, account_account_type, account_journal,
--   account_invoice, account_move_reconciliation, "account_invoice-account_move_line",
--   "account_invoice-additional-account_move", company_company, currency_currency
-- Writes: landing allocation
with instalment as (
    select
        posting.*,
        row_number() over (
            partition by posting.legal_entity_id, posting.document_id order by posting.id
        ) as instalment_no
    from posting
    where posting.is_document
),

matched as (
    select
        match.debit_id || '-' || match.credit_id as allocation_id,
        match.debit_id as line_id,
        case
            when match.is_receipt then 'receipt'
            when match.is_credit_note and match.is_of_one_currency then 'credit_note'
            else 'write_off'
        end as source_type,
        case
            when match.is_receipt and not match.is_of_one_currency
                then match.source_id || '/' || currency.code
            else match.source_id
        end as source_id,
        match.allocation_date,
        match.amount,
        match.credit_id,
        match.reconciliation
    from match
    inner join currency_currency as currency on match.currency_id = currency.id
),

used as (
    select matched.line_id, matched.amount
    from matched
    union all
    select matched.credit_id, matched.amount
    from matched
    where matched.source_type = 'credit_note'
),

-- The rest of a debit, and of a credit note, that a reconciliation closed.
rest as (
    select
        member.id || '-rest' as allocation_id,
        member.id as line_id,
        'write_off' as source_type,
        'reconciliation-' || member.reconciliation as source_id,
        reconciliation.date as allocation_date,
        abs(member.amount) - coalesce(sum(used.amount), 0) as amount
    from member
    inner join account_move_reconciliation as reconciliation
        on member.reconciliation = reconciliation.id
    left join used on member.id = used.line_id
    where member.is_document
    group by member.id, member.reconciliation, member.amount, reconciliation.date
),

allocation as (
    select
        matched.allocation_id,
        instalment.legal_entity_id,
        instalment.document_id as invoice_id,
        instalment.instalment_no,
        matched.source_type,
        matched.source_id,
        matched.allocation_date,
        matched.amount
    from matched
    inner join instalment on matched.line_id = instalment.id
    union all
    select
        rest.allocation_id,
        instalment.legal_entity_id,
        instalment.document_id,
        instalment.instalment_no,
        rest.source_type,
        rest.source_id,
        rest.allocation_date,
        rest.amount
    from rest
    inner join instalment on rest.line_id = instalment.id
    union all
    select
        'line-' || part_payment.id,
        part_payment.legal_entity_id,
        part_payment.document_id,
        null,
        case when part_payment.is_receipt then 'receipt' else 'write_off' end,
        case
            when part_payment.is_of_one_currency then 'line-' || part_payment.id
            else 'line-' || part_payment.id || '/' || currency.code
        end,
        part_payment.allocation_date,
        part_payment.amount
    from part_payment
    inner join currency_currency as currency on part_payment.currency_id = currency.id
)

select *
from allocation
where allocation.amount > 0
order by allocation.legal_entity_id, allocation.allocation_id
