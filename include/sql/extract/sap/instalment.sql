-- Due parts of the documents that customers owe: one line item each, due as SAP computes it: the
-- baseline date and the longest term that is filled in. Open: what SAP has not cleared, less what
-- was paid on account of it.
-- Grain: legal_entity_id, invoice_id, instalment_no
-- Reads: bsid, bsad, bkpf, kna1, tcurx
-- Writes: landing instalment
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
    select bukrs, debit_item_id as item_id, sum(amount) as linked_amount
    from links
    group by bukrs, debit_item_id
),

due_items as (
    select
        items.*,
        coalesce(
            nullif(
                regexp_replace(cast(items.zfbdt as varchar), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'),
                '0000-00-00'
            ),
            nullif(
                regexp_replace(cast(items.bldat as varchar), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'),
                '0000-00-00'
            )
        ) as baseline_on,
        coalesce(
            nullif(cast(cast(items.zbd3t as decimal(5)) as integer), 0),
            nullif(cast(cast(items.zbd2t as decimal(5)) as integer), 0),
            cast(cast(items.zbd1t as decimal(5)) as integer),
            0
        ) as days_net
    from items
    where items.side = 'debit'
)

select
    due_items.document_id as invoice_id,
    due_items.bukrs as legal_entity_id,
    cast(due_items.buzei as integer) as instalment_no,
    cast(due_items.baseline_on as date) + due_items.days_net as due_date,
    due_items.amount,
    cast(
        case
            when due_items.clearing_document <> '' then 0
            else due_items.amount - coalesce(linked_amounts.linked_amount, 0)
        end as decimal(23, 4)
    ) as open_amount,
    due_items.zlspr as payment_block_code,
    due_items.maber as dunning_area,
    due_items.manst as dunning_level
from due_items
left join linked_amounts
    on due_items.bukrs = linked_amounts.bukrs
    and due_items.item_id = linked_amounts.item_id
order by due_items.bukrs, due_items.item_id
