-- Due parts of documents, with what Tryton says is open: a line until it is reconciled, less the
-- payments of the invoice that are not reconciled yet, the oldest due first; and payments under way.
-- Grain: legal_entity_id, invoice_id, instalment_no
-- Reads: account_move_line, account_move, account_account, account_account_type, account_journal,
--   account_invoice, "account_invoice-account_move_line", "account_invoice-additional-account_move",
--   company_company, currency_currency, account_payment (where it is installed)
-- Writes: landing instalment
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

-- A payment of an invoice that is not reconciled yet, in the invoice's currency: where its own is
-- another, at the rate of the invoice, as Tryton does.
owed as (
    select
        posting.document_id,
        min(posting.currency_id) as currency_id,
        min(posting.billed_on) as billed_on,
        sum(posting.amount) as amount,
        sum(posting.balance) as balance
    from posting
    where posting.is_document
        and posting.is_open
        and posting.amount > 0
    group by posting.document_id
),

part_payment as (
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
),

paid_part as (
    select part_payment.document_id, sum(part_payment.amount) as amount
    from part_payment
    group by part_payment.document_id
),

instalment as (
    select
        posting.*,
        row_number() over (
            partition by posting.legal_entity_id, posting.document_id order by posting.id
        ) as instalment_no,
        coalesce(posting.maturity_date, posting.date) as due_date,
        case
            when posting.reconciliation is null then abs(posting.amount) else 0
        end as unreconciled_amount
    from posting
    where posting.is_document
),

paid as (
    select
        instalment.*,
        greatest(
            least(
                sum(instalment.unreconciled_amount) over (
                    partition by instalment.document_id
                    order by instalment.due_date, instalment.id
                ),
                coalesce(paid_part.amount, 0)
            ) - sum(instalment.unreconciled_amount) over (
                partition by instalment.document_id
                order by instalment.due_date, instalment.id
            ) + instalment.unreconciled_amount,
            0
        ) as part_paid_amount
    from instalment
    left join paid_part
        on instalment.document_id = paid_part.document_id
        and instalment.amount > 0
),

-- The module account_payment may not be installed: hence the text. A payment that succeeded is under
-- way until its bank line comes, which is then one of the payments of the invoice.
under_way as (
    select
        split_part(text::text, ' ', 1)::integer as line_id,
        sum(split_part(text::text, ' ', 3)::numeric)
            filter (where split_part(text::text, ' ', 2) <> 'succeeded') as pending_amount,
        sum(split_part(text::text, ' ', 3)::numeric)
            filter (where split_part(text::text, ' ', 2) = 'succeeded') as succeeded_amount
    from unnest(xpath('//payment/text()', query_to_xml(
        case
            when to_regclass('account_payment') is null then 'select null as payment where false'
            else 'select concat_ws('' '', paid.line, paid.state, paid.amount) as payment '
                || 'from account_payment as paid '
                || 'where paid.kind = ''receivable'' and paid.line is not null '
                || 'and paid.state in (''submitted'', ''approved'', ''processing'', ''succeeded'')'
        end, false, false, ''
    ))) as payment (text)
    group by 1
)

select
    paid.document_id as invoice_id,
    paid.legal_entity_id,
    paid.instalment_no,
    paid.due_date,
    abs(paid.amount) as amount,
    paid.unreconciled_amount - paid.part_paid_amount as open_amount,
    case
        when under_way.line_id is not null then least(
            coalesce(under_way.pending_amount, 0)
            + greatest(coalesce(under_way.succeeded_amount, 0) - paid.part_paid_amount, 0),
            paid.unreconciled_amount - paid.part_paid_amount
        )
    end as in_transit_amount,
    paid.id as line_id
from paid
left join under_way on paid.id = under_way.line_id
order by paid.legal_entity_id, paid.id
