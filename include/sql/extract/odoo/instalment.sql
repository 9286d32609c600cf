-- Due parts of documents, with what Odoo says is open, and what is paid by payments that have no
-- entry yet (from 18 on): those are spread over their invoices, the oldest due first.
-- Grain: legal_entity_id, invoice_id, instalment_no
-- Reads: account_move_line, account_move, account_account, account_journal, account_payment,
--   account_partial_reconcile, res_company, account_move__account_payment (from 18 on)
-- Writes: landing instalment
with instalment as (
    select
        posting.*,
        row_number() over (
            partition by posting.legal_entity_id, posting.document_id order by posting.id
        ) as instalment_no,
        abs(posting.amount_residual_currency) as open_amount,
        sum(abs(posting.amount_residual_currency)) over (
            partition by posting.legal_entity_id, posting.document_id
            order by posting.due_date, posting.id
        ) as open_until
    from posting
    where posting.state = 'posted'
        and not posting.is_receipt
        and not coalesce(posting.is_write_off, false)
),

-- Up to 17 every payment has its entry, and the table of this text is not there.
under_way as (
    select string_to_array(text::text, ' ') as parts
    from unnest(xpath('//payment/text()', query_to_xml(
        case
            when to_regclass('account_move__account_payment') is null
                then 'select null as payment where false'
            else 'select concat_ws('' '', paid.id, link.invoice_id, paid.amount, paid.currency_id)'
                || ' as payment from account_payment as paid'
                || ' inner join account_move__account_payment as link on paid.id = link.payment_id'
                || ' where paid.move_id is null and paid.payment_type = ''inbound'' '
                || ' and paid.state in (''in_process'', ''paid'')'
        end, false, false, ''
    ))) as payment (text)
),

open_document as (
    select
        instalment.document_id,
        instalment.currency_id,
        min(instalment.due_date) as due_date,
        sum(instalment.open_amount) as open_amount
    from instalment
    where instalment.amount_residual_currency > 0
    group by instalment.document_id, instalment.currency_id
),

payment_span as (
    select
        open_document.document_id,
        open_document.open_amount,
        open_document.currency_id = parts[4]::integer as is_of_currency,
        parts[3]::numeric as paid_amount,
        sum(open_document.open_amount) over (
            partition by parts[1]::integer
            order by open_document.due_date, open_document.document_id
        ) as open_until
    from under_way
    inner join open_document on parts[2] = open_document.document_id
),

in_transit as (
    select
        payment_span.document_id,
        sum(case
            when payment_span.is_of_currency then greatest(
                least(payment_span.open_until, payment_span.paid_amount)
                - payment_span.open_until + payment_span.open_amount,
                0
            )
            -- Nobody knows yet what a payment in another currency will pay: perhaps all.
            else payment_span.open_amount
        end) as amount
    from payment_span
    group by payment_span.document_id
)

select
    instalment.document_id as invoice_id,
    instalment.legal_entity_id,
    instalment.instalment_no,
    instalment.due_date,
    abs(instalment.amount_currency) as amount,
    instalment.open_amount,
    case
        when in_transit.document_id is not null then greatest(
            least(instalment.open_until, in_transit.amount)
            - instalment.open_until + instalment.open_amount,
            0
        )
    end as in_transit_amount,
    instalment.id as line_id
from instalment
left join in_transit on instalment.document_id = in_transit.document_id
order by instalment.legal_entity_id, instalment.id
