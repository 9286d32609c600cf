-- Documents: invoices, credit notes (invoices below zero), and, one a line, other entries on a
-- receivable account (opening balances, refunds paid out), with those cancelled after posting.
-- Grain: legal_entity_id, invoice_id
-- Reads: account_move_line, account_move, account_account, account_account_type, account_journal,
--   account_invoice, account_invoice_line, "account_invoice-account_move_line",
--   "account_invoice-additional-account_move", company_company, currency_currency; where the role may
--   read them, "account_invoice_line-stock_move", stock_move, stock_shipment_out
-- Writes: landing invoice
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

document as (
    select
        posting.document_id,
        posting.legal_entity_id,
        case when posting.is_invoice then posting.invoice_id end as invoice_id,
        min(posting.customer_id) as customer_id,
        case
            when sum(posting.amount) < 0 then 'credit_note'
            when posting.is_invoice then 'invoice'
            else 'debit_note'
        end as document_type,
        min(posting.move_number) as move_number,
        min(posting.billed_on) as date,
        min(posting.currency_id) as currency_id,
        abs(sum(posting.amount)) as gross_amount,
        max(coalesce(posting.maturity_date, posting.date)) as due_date,
        min(posting.description) as description,
        max(coalesce(posting.write_date, posting.create_date)) as updated_at
    from posting
    where posting.is_document
    group by posting.document_id, posting.legal_entity_id, 3, posting.is_invoice
),

sold as (
    select line.invoice, string_agg(line.description, '; ' order by line.sequence, line.id) as names
    from account_invoice_line as line
    where line.type = 'line'
        and line.description <> ''
    group by line.invoice
),

-- Shipments need the stock modules, whose tables may not be there: hence the text.
delivered as (
    select
        split_part(text::text, ' ', 1)::integer as invoice,
        convert_from(decode(split_part(text::text, ' ', 2), 'hex'), 'utf8') as names
    from unnest(xpath('//delivery/text()', query_to_xml(
        case
            when (
                select count(*) = 3
                from information_schema.columns
                where (table_name, column_name) in (
                    ('account_invoice_line-stock_move', 'stock_move'),
                    ('stock_move', 'shipment'),
                    ('stock_shipment_out', 'number')
                )
            )
                then 'select concat(invoice, '' '', encode(convert_to('
                    || 'string_agg(number, '';'' order by number), ''utf8''), ''hex'')) as delivery '
                    || 'from (select distinct line.invoice, shipment.number '
                    || 'from "account_invoice_line-stock_move" as link '
                    || 'inner join account_invoice_line as line on link.invoice_line = line.id '
                    || 'inner join stock_move as move on link.stock_move = move.id '
                    || 'inner join stock_shipment_out as shipment '
                    || 'on move.shipment = concat(''stock.shipment.out,'', shipment.id)) '
                    || 'as delivery_note where invoice is not null group by invoice'
            else 'select null as delivery where false'
        end, false, false, ''
    ))) as delivery (text)
)

select
    document.document_id as invoice_id,
    document.legal_entity_id,
    document.customer_id,
    coalesce(invoice.number, document.move_number, document.document_id) as invoice_number,
    document.document_type,
    coalesce(invoice.invoice_date, document.date) as issue_date,
    document.date as posting_date,
    currency.code as currency,
    document.gross_amount,
    document.due_date,
    case when cancellation.id is null then 'posted' else 'cancelled' end as status,
    cancellation.date as cancelled_on,
    coalesce(sold.names, document.description) as description,
    invoice.reference as purchase_order_ref,
    delivered.names as delivery_refs,
    greatest(document.updated_at, invoice.write_date) at time zone 'UTC' as updated_at
from document
inner join currency_currency as currency on document.currency_id = currency.id
left join account_invoice as invoice on document.invoice_id = invoice.id
-- A credit note that refunds an invoice is named as its cancelling move, too: that one is a document.
left join account_invoice as refund on invoice.cancel_move = refund.move
left join account_move as cancellation
    on invoice.cancel_move = cancellation.id
    and cancellation.state = 'posted'
    and refund.id is null
left join sold on document.invoice_id = sold.invoice
left join delivered on document.invoice_id = delivered.invoice
order by document.legal_entity_id, document.date, document.document_id
