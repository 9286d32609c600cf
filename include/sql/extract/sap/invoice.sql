-- Documents on customer accounts: every debit (invoices, residual items, refunds, bills of exchange)
-- and every credit memo; a document is one customer's lines of one side and special G/L indicator.
-- Grain: legal_entity_id, invoice_id
-- Reads: bsid, bsad, bkpf, kna1, tcurx
-- Writes: landing invoice
with due_items as (
    select
        items.*,
        nullif(
            regexp_replace(cast(items.bldat as varchar), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'),
            '0000-00-00'
        ) as issued_on,
        nullif(
            regexp_replace(cast(items.zfbdt as varchar), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'),
            '0000-00-00'
        ) as baseline_on,
        case
            when items.side = 'credit_note' and coalesce(trim(items.rebzg), '') = '' then 0
            else coalesce(
                nullif(cast(cast(items.zbd3t as decimal(5)) as integer), 0),
                nullif(cast(cast(items.zbd2t as decimal(5)) as integer), 0),
                cast(cast(items.zbd1t as decimal(5)) as integer),
                0
            )
        end as days_net
    from items
),

documents as (
    select
        item.bukrs,
        item.document_id,
        max(item.customer_id) as customer_id,
        max(item.side) as side,
        min(item.bschl) as posting_key,
        max(item.blart) as blart,
        max(item.issued_on) as issued_on,
        max(item.posted_on) as posted_on,
        max(item.reversed_on) as reversed_on,
        max(item.waers) as waers,
        sum(
            item.amount
            - case when item.side = 'debit' then 0 else coalesce(beyond.beyond_amount, 0) end
        ) as gross_amount,
        -- A credit memo for an invoice is due with it; a residual item is known by its number.
        min(
            case
                when item.side <> 'debit' and named.baseline_on is not null
                    then cast(named.baseline_on as date) + named.days_net
                else cast(coalesce(item.baseline_on, item.issued_on) as date) + item.days_net
            end
        ) as due_on,
        max(
            coalesce(
                case when item.bschl in ('06', '07') then nullif(trim(named.xblnr), '') end,
                nullif(trim(item.xblnr), ''),
                nullif(trim(item.vbeln), ''),
                item.belnr
            )
        ) as invoice_number,
        max(item.sgtxt) as sgtxt,
        max(item.umskz) as umskz,
        max(item.zterm) as zterm,
        max(item.zlsch) as zlsch,
        max(item.zlspr) as zlspr,
        max(item.maber) as maber,
        max(item.manst) as manst,
        max(item.madat) as madat,
        max(item.rebzg) as rebzg,
        max(item.filkd) as filkd,
        max(item.xref1) as xref1,
        max(item.xref2) as xref2
    from due_items as item
    left join beyond on item.bukrs = beyond.bukrs and item.item_id = beyond.item_id
    left join due_items as named
        on item.bukrs = named.bukrs
        and item.kunnr = named.kunnr
        and nullif(trim(item.rebzg), '') = named.belnr
        and item.rebzj = named.gjahr
        and lpad(cast(item.rebzz as varchar), 3, '0') = lpad(cast(named.buzei as varchar), 3, '0')
    where item.side <> 'receipt'
    group by item.bukrs, item.document_id
)

select
    document_id as invoice_id,
    bukrs as legal_entity_id,
    customer_id,
    invoice_number,
    case
        when side = 'credit_note' then 'credit_note'
        when posting_key = '01' then 'invoice'
        else 'debit_note'
    end as document_type,
    issued_on as issue_date,
    posted_on as posting_date,
    waers as currency,
    gross_amount,
    due_on as due_date,
    case when reversed_on is null then 'posted' else 'cancelled' end as status,
    reversed_on as cancelled_on,
    sgtxt as description,
    blart as document_type_code,
    umskz as special_gl_indicator,
    zterm as payment_terms_code,
    zlsch as payment_method_code,
    zlspr as payment_block_code,
    maber as dunning_area,
    manst as dunning_level,
    nullif(
        regexp_replace(cast(madat as varchar), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'),
        '0000-00-00'
    ) as last_dunned_on,
    rebzg as referenced_document,
    filkd as branch_customer_id,
    xref1 as reference_1,
    xref2 as reference_2
from documents
where gross_amount <> 0
order by bukrs, document_id
