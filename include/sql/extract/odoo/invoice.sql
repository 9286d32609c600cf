-- Documents: invoices, credit notes and, one a line, other entries on a receivable account (opening
-- balances, refunds paid out, bounced payments), with those cancelled after they were posted.
-- Grain: legal_entity_id, invoice_id
-- Reads: account_move_line, account_move, account_account, account_journal, account_payment,
--   account_partial_reconcile, res_company, res_currency, res_partner; where the role may read them,
--   stock_picking, sale_order_line, sale_order_line_invoice_rel
-- Writes: landing invoice
with document as (
    select
        posting.document_id,
        posting.move_id,
        posting.legal_entity_id,
        min(posting.customer_id) as customer_id,
        min(posting.number) as number,
        case
            when sum(posting.amount_currency) < 0 then 'credit_note'
            when min(posting.move_type) in ('out_invoice', 'out_receipt')
                and posting.document_id = posting.move_id::text then 'invoice'
            else 'debit_note'
        end as document_type,
        min(posting.issue_date) as issue_date,
        min(posting.posting_date) as posting_date,
        min(posting.currency) as currency,
        abs(sum(posting.amount_currency)) as gross_amount,
        max(posting.due_date) as due_date,
        case min(posting.state) when 'cancel' then 'cancelled' else 'posted' end as status,
        min(posting.label) as label,
        min(posting.ref) as ref,
        min(posting.payment_reference) as payment_reference,
        max(posting.write_date) as write_date
    from posting
    where not posting.is_receipt and not coalesce(posting.is_write_off, false)
    group by posting.document_id, posting.move_id, posting.legal_entity_id
),

sold as (
    select line.move_id, string_agg(split_part(line.name, chr(10), 1), '; ' order by line.id) as names
    from account_move_line as line
    inner join account_move as move on line.move_id = move.id
    where move.move_type in ('out_invoice', 'out_refund', 'out_receipt')
        and move.state = 'posted'
        and line.display_type = 'product'
    group by line.move_id
),

-- Delivery notes need Sales and Inventory, whose tables may not be there: hence the text.
delivered as (
    select
        split_part(text::text, ' ', 1)::integer as move_id,
        convert_from(decode(split_part(text::text, ' ', 2), 'hex'), 'utf8') as names
    from unnest(xpath('//delivery/text()', query_to_xml(
        case
            when (
                select count(*) = 3
                from information_schema.columns
                where (table_name, column_name) in (
                    ('stock_picking', 'sale_id'),
                    ('sale_order_line', 'order_id'),
                    ('sale_order_line_invoice_rel', 'invoice_line_id')
                )
            )
                then 'select concat(move_id, '' '', encode(convert_to('
                    || 'string_agg(name, '';'' order by name), ''utf8''), ''hex'')) as delivery '
                    || 'from (select distinct line.move_id, picking.name '
                    || 'from sale_order_line_invoice_rel as link '
                    || 'inner join account_move_line as line on link.invoice_line_id = line.id '
                    || 'inner join sale_order_line as sale on link.order_line_id = sale.id '
                    || 'inner join stock_picking as picking on sale.order_id = picking.sale_id '
                    || 'where picking.state = ''done'') as delivery_note group by move_id'
            else 'select null as delivery where false'
        end, false, false, ''
    ))) as delivery (text)
)

select
    document.document_id as invoice_id,
    document.legal_entity_id,
    document.customer_id,
    document.number as invoice_number,
    document.document_type,
    document.issue_date,
    document.posting_date,
    document.currency,
    document.gross_amount,
    document.due_date,
    document.status,
    case
        when document.document_id = document.move_id::text then sold.names
        else document.label
    end as description,
    document.ref as purchase_order_ref,
    delivered.names as delivery_refs,
    document.write_date at time zone 'UTC' as updated_at,
    document.payment_reference
from document
left join sold on document.move_id = sold.move_id
left join delivered
    on document.move_id = delivered.move_id and document.document_id = document.move_id::text
order by document.legal_entity_id, document.move_id, document.document_id
