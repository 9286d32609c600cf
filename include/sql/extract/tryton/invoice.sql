-- Documents: invoices, credit notes (invoices below zero), and, one a line, other entries on a
-- receivable account (opening balances, refunds paid out), with those cancelled after posting.
-- Grain: legal_entity_id, invoice_id
-- Reads: account_move_line, account_move, account_account, account_account_type, account_journal,
--   account_invoice, account_invoice_line, "account_invoice-account_move_line",
--   "account_invoice-additional-account_move", company_company, currency_currency; where the role may
--   read them, "account_invoice_line-stock_move", stock_move, stock_shipment_out
-- Writes: landing invoice
with document as (
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
