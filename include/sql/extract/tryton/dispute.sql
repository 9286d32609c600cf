-- Documents of which somebody blocked the dunning in Tryton; they are disputed until it is unblocked.
-- Grain: legal_entity_id, dispute_id
-- Reads: account_move_line, account_move, account_account, account_account_type, account_journal,
--   account_invoice, "account_invoice-account_move_line", "account_invoice-additional-account_move",
--   company_company, account_dunning (where it is installed)
-- Writes: landing dispute
with
-- What stands on receivable accounts, and whose it is: an invoice's (its own move, or one added by
-- rescheduling or delegating it; a delegated part is a document of the party that owes it now), a
-- payment's, or nobody's. A move that only cancels an invoice is no document.
receivable_line as (
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
            own_move.date as billed_on
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
),

-- A reconciliation within one invoice only replaces its parts by others: rescheduling.
reconciled_line as (
    select
        receivable_line.*,
        receivable_line.reconciliation is not null
        and count(*) over same > 1
        and count(*) over same = count(receivable_line.whole_id) over same
        and min(receivable_line.whole_id) over same = max(receivable_line.whole_id) over same
            as is_replaced,
        receivable_line.reconciliation is not null
        and bool_or(receivable_line.is_cancellation) over same as is_cancelled
    from receivable_line
    window same as (partition by receivable_line.reconciliation)
),

-- An invoice is all lines on its own side of the ledger; any other line is a document of its own,
-- unless it is money, or a write-off that was reconciled.
sided as (
    select
        reconciled_line.*,
        reconciled_line.company::text as legal_entity_id,
        coalesce(
            sign(reconciled_line.amount) = sign(sum(reconciled_line.amount) over (
                partition by reconciled_line.company, reconciled_line.whole_id
            )),
            false
        ) and reconciled_line.whole_id is not null as is_invoice
    from reconciled_line
    where not coalesce(reconciled_line.is_replaced, false)
        and not reconciled_line.is_cancellation
),

posting as (
    select
        sided.*,
        case
            when sided.is_invoice then sided.whole_id
            else 'line-' || sided.id
        end as document_id,
        sided.reconciliation is null as is_open,
        sided.amount < 0 and not sided.is_invoice and sided.nature = 'money' as is_receipt,
        sided.amount <> 0 and (
            sided.is_invoice
            or sided.nature = 'money' and sided.amount > 0
            or sided.nature = 'write_off' and sided.reconciliation is null
            or sided.nature = 'entry'
        ) as is_document
    from sided
),

-- The module account_dunning may not be installed: hence the text.
blocked as (
    select
        split_part(text::text, ' ', 1)::integer as line_id,
        min(split_part(text::text, ' ', 2)) as blocked_on
    from unnest(xpath('//dunning/text()', query_to_xml(
        case
            when to_regclass('account_dunning') is null then 'select null as dunning where false'
            else 'select concat_ws('' '', dunning.line, dunning.date) as dunning '
                || 'from account_dunning as dunning where dunning.blocked'
        end, false, false, ''
    ))) as dunning (text)
    group by 1
)

select
    posting.document_id as dispute_id,
    posting.legal_entity_id,
    posting.document_id as invoice_id,
    case
        when bool_or(blocked.line_id is null) then sum(posting.amount)
            filter (where blocked.line_id is not null)
    end as amount,
    'blocked in Tryton' as reason,
    min(coalesce(nullif(blocked.blocked_on, ''), posting.date::text)) as opened_on
from posting
left join blocked on posting.id = blocked.line_id
where posting.is_document
    and posting.is_open
    and posting.amount > 0
group by posting.document_id, posting.legal_entity_id
having bool_or(blocked.line_id is not null)
order by posting.legal_entity_id, posting.document_id
