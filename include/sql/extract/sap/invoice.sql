-- Documents on customer accounts: every debit (invoices, residual items, refunds, bills of exchange)
-- and every credit memo; a document is one customer's lines of one side and special G/L indicator.
-- Grain: legal_entity_id, invoice_id
-- Reads: bsid, bsad, bkpf, kna1, tcurx
-- Writes: landing invoice
with line_items as (
    select
        bukrs, kunnr, umskz, augdt, augbl, gjahr, belnr, buzei, budat, bldat, waers, xblnr,
        blart, bschl, shkzg, wrbtr, sgtxt, zfbdt, zterm, zbd1t, zbd2t, zbd3t, zlsch, zlspr,
        rebzg, rebzj, rebzz, manst, madat, maber, vbeln, filkd, xref1, xref2, bstat
    from bsid
    union all
    select
        bukrs, kunnr, umskz, augdt, augbl, gjahr, belnr, buzei, budat, bldat, waers, xblnr,
        blart, bschl, shkzg, wrbtr, sgtxt, zfbdt, zterm, zbd1t, zbd2t, zbd3t, zlsch, zlspr,
        rebzg, rebzj, rebzz, manst, madat, maber, vbeln, filkd, xref1, xref2, bstat
    from bsad
),

-- One row a customer line item: dates in ISO, and amounts as they are (SAP stores every currency
-- as if it had two decimals; TCURX says how many it has). Noted items (BSTAT S) are no debt.
items as (
    select
        line_items.*,
        line_items.belnr || '-' || line_items.gjahr || '-'
        || lpad(cast(line_items.buzei as varchar), 3, '0') as item_id,
        line_items.belnr || '-' || line_items.gjahr || '-' || line_items.kunnr || '-'
        || line_items.shkzg || coalesce(trim(line_items.umskz), '') as document_id,
        line_items.kunnr || case
            when trim(kna1.xcpdk) = 'X' then '-' || line_items.belnr || '-' || line_items.gjahr
            else ''
        end as customer_id,
        coalesce(trim(line_items.augbl), '') as clearing_document,
        case
            when line_items.shkzg = 'S' then 'debit'
            when line_items.bschl in ('14', '15', '16', '17', '18', '19') then 'receipt'
            else 'credit_note'
        end as side,
        cast(
            cast(line_items.wrbtr as decimal(23, 2))
            * case tcurx.currdec
                when 0 then cast(100 as decimal(5, 2))
                when 1 then cast(10 as decimal(5, 2))
                when 3 then cast(0.1 as decimal(5, 2))
                when 4 then cast(0.01 as decimal(5, 2))
                else cast(1 as decimal(5, 2))
            end as decimal(23, 4)
        ) as amount,
        nullif(
            regexp_replace(cast(line_items.budat as varchar), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'),
            '0000-00-00'
        ) as posted_on,
        nullif(
            regexp_replace(cast(line_items.augdt as varchar), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'),
            '0000-00-00'
        ) as cleared_on,
        nullif(
            regexp_replace(
                cast(
                    case
                        when header.xreversal = '1'
                            and line_items.bschl in ('01', '02', '03', '11', '12', '13')
                            then reversal.budat
                    end as varchar
                ),
                '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'
            ),
            '0000-00-00'
        ) as reversed_on
    from line_items
    left join kna1 on line_items.kunnr = kna1.kunnr
    left join (select currkey, cast(currdec as integer) as currdec from tcurx) as tcurx
        on line_items.waers = tcurx.currkey
    left join bkpf as header
        on line_items.bukrs = header.bukrs
        and line_items.belnr = header.belnr
        and line_items.gjahr = header.gjahr
    left join bkpf as reversal
        on header.bukrs = reversal.bukrs
        and header.stblg = reversal.belnr
        and header.stjah = reversal.gjahr
    where coalesce(trim(line_items.bstat), '') <> 'S'
        -- A reversal of an invoice or credit memo is the day on which that one was cancelled.
        and not (
            coalesce(header.xreversal, '') = '2'
            and line_items.bschl in ('01', '02', '03', '11', '12', '13')
        )
),

-- Partial payments and credit memos name the invoice that they are for (REBZG). That holds while
-- both are open, and if both were cleared together; never beyond what the invoice comes to.
named_credits as (
    select
        credit.bukrs,
        credit.item_id as credit_item_id,
        debit.item_id as debit_item_id,
        credit.amount as credit_amount,
        debit.amount as debit_amount,
        sum(credit.amount) over (
            partition by debit.bukrs, debit.item_id
            order by credit.posted_on, credit.item_id
            rows unbounded preceding
        ) as amount_until
    from items as credit
    inner join items as debit
        on credit.bukrs = debit.bukrs
        and credit.kunnr = debit.kunnr
        and credit.waers = debit.waers
        and credit.rebzg = debit.belnr
        and credit.rebzj = debit.gjahr
        and lpad(cast(credit.rebzz as varchar), 3, '0') = lpad(cast(debit.buzei as varchar), 3, '0')
        and credit.clearing_document = debit.clearing_document
        and coalesce(credit.cleared_on, '') = coalesce(debit.cleared_on, '')
    where credit.side <> 'debit'
        and debit.side = 'debit'
        and credit.reversed_on is null
        and debit.reversed_on is null
),

links as (
    select
        named_credits.*,
        case
            when amount_until <= debit_amount then credit_amount
            else debit_amount - (amount_until - credit_amount)
        end as amount
    from named_credits
    where amount_until - credit_amount < debit_amount
),

linked_amounts as (
    select bukrs, credit_item_id as item_id, sum(amount) as linked_amount
    from links
    group by bukrs, credit_item_id
    union all
    select bukrs, debit_item_id as item_id, sum(amount) as linked_amount
    from links
    group by bukrs, debit_item_id
),

rests as (
    select
        items.*,
        items.amount - coalesce(linked_amounts.linked_amount, 0) as rest_amount
    from items
    left join linked_amounts
        on items.bukrs = linked_amounts.bukrs
        and items.item_id = linked_amounts.item_id
),

-- SAP says what was cleared together, not which payment paid which invoice: within a clearing, the
-- oldest credit is set against the oldest debit. Each item takes a span of its side's sum.
spans as (
    select
        rests.*,
        sum(rest_amount) over (
            partition by bukrs, kunnr, clearing_document, cleared_on, waers, shkzg
            order by posted_on, item_id
            rows unbounded preceding
        ) as amount_until,
        sum(case when shkzg = 'S' then 0 else rest_amount end) over (
            partition by bukrs, kunnr, clearing_document, cleared_on, waers
        ) as credit_amount,
        sum(case when shkzg = 'S' then rest_amount else 0 end) over (
            partition by bukrs, kunnr, clearing_document, cleared_on, waers
        ) as debit_amount
    from rests
    where clearing_document <> ''
        and reversed_on is null
),

-- What is left was cleared against another currency, or against nothing that is to be seen.
beyond as (
    select
        spans.*,
        greatest(
            amount_until - greatest(
                case when shkzg = 'S' then credit_amount else debit_amount end,
                amount_until - rest_amount
            ),
            0
        ) as beyond_amount
    from spans
    where amount_until > case when shkzg = 'S' then credit_amount else debit_amount end
),

due_items as (
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
