-- What was set against documents, in their currency: reconciliations, which are always whole, and
-- payments of an invoice that are not reconciled yet. What a reconciliation leaves is a write-off.
-- Grain: legal_entity_id, allocation_id
-- Reads: account_move_line, account_move, account_account, account_account_type, account_journal,
--   account_invoice, account_move_reconciliation, "account_invoice-account_move_line",
--   "account_invoice-additional-account_move", company_company, currency_currency
-- Writes: landing allocation
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

-- One reconciliation is closed as a whole and may join several debits and credits: they are matched in
-- their one currency, else in the company's; credit notes first, then money, then write-offs.
member as (
    select
        posting.*,
        min(posting.currency_id) filter (where posting.is_document or posting.is_receipt) over same
        = max(posting.currency_id) filter (where posting.is_document or posting.is_receipt) over same
            as is_of_one_currency,
        min(posting.currency_id) filter (where posting.is_document or posting.is_receipt) over same
            as common_currency_id
    from posting
    where not posting.is_open
        and not posting.is_cancelled
    window same as (partition by posting.reconciliation)
),

weighed as (
    select
        member.*,
        case
            when not member.is_of_one_currency then member.balance
            when member.currency_id = member.common_currency_id then member.amount
            else 0
        end as weight
    from member
),

span as (
    select
        weighed.*,
        sum(abs(weighed.weight)) over (
            partition by weighed.reconciliation, sign(weighed.weight)
            order by
                case when weighed.is_document then 1 when weighed.is_receipt then 2 else 3 end,
                weighed.date,
                weighed.id
        ) as weight_until
    from weighed
    where weighed.weight <> 0
),

match as (
    select
        debit.reconciliation,
        debit.legal_entity_id,
        debit.id as debit_id,
        debit.document_id as invoice_id,
        debit.amount as debit_amount,
        debit.currency_id,
        credit.id as credit_id,
        credit.document_id as source_id,
        credit.is_receipt as is_receipt,
        credit.is_document as is_credit_note,
        credit.currency_id = debit.currency_id as is_of_one_currency,
        case
            when credit.paid_invoice_id is not null then greatest(credit.billed_on, debit.billed_on)
            else reconciliation.date
        end as allocation_date,
        round(
            (
                least(debit.weight_until, credit.weight_until)
                - debit.weight_until + debit.weight
            ) * debit.amount / debit.weight,
            currency.digits
        ) - round(
            (
                greatest(debit.weight_until - debit.weight, credit.weight_until + credit.weight)
                - debit.weight_until + debit.weight
            ) * debit.amount / debit.weight,
            currency.digits
        ) as amount
    from span as debit
    inner join span as credit
        on debit.reconciliation = credit.reconciliation
        and debit.weight > 0
        and credit.weight < 0
        and debit.weight_until > credit.weight_until + credit.weight
        and credit.weight_until > debit.weight_until - debit.weight
    inner join account_move_reconciliation as reconciliation
        on debit.reconciliation = reconciliation.id
    inner join currency_currency as currency on debit.currency_id = currency.id
    where debit.is_document
),

instalment as (
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
        'receipt',
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
