-- Due parts of documents, with what Tryton says is open: a line until it is reconciled, less the
-- payments of the invoice that are not reconciled yet, the oldest due first; and payments under way.
-- Grain: legal_entity_id, invoice_id, instalment_no
-- Reads: account_move_line, account_move, account_account, account_account_type, account_journal,
--   account_invoice, "account_invoice-account_move_line", "account_invoice-additional-account_move",
--   company_company, currency_currency, account_payment (where it is installed)
-- Writes: landing instalment
with paid_part as (
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
