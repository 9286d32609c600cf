-- What was set against the documents that customers owe: partial payments and credit memos that name
-- their invoice, from the day on which they were posted, and what was cleared together, from the day
-- of the clearing. A clearing that was reset has left no trace.
-- Grain: legal_entity_id, allocation_id
-- Reads: bsid, bsad, bkpf, kna1, tcurx
-- Writes: landing allocation
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

pairs as (
    select
        debit.bukrs,
        debit.item_id as debit_item_id,
        credit.item_id as credit_item_id,
        least(debit.amount_until, credit.amount_until)
        - greatest(
            debit.amount_until - debit.rest_amount, credit.amount_until - credit.rest_amount
        ) as amount
    from spans as debit
    inner join spans as credit
        on debit.bukrs = credit.bukrs
        and debit.kunnr = credit.kunnr
        and debit.clearing_document = credit.clearing_document
        and debit.cleared_on = credit.cleared_on
        and debit.waers = credit.waers
        and debit.amount_until - debit.rest_amount < credit.amount_until
        and credit.amount_until - credit.rest_amount < debit.amount_until
    where debit.shkzg = 'S'
        and credit.shkzg = 'H'
),

applied as (
    select bukrs, debit_item_id, credit_item_id, amount, 'named' as origin from links
    union all
    select bukrs, debit_item_id, credit_item_id, amount, 'cleared' as origin from pairs
),

exchanged_clearings as (
    select distinct bukrs, kunnr, clearing_document, cleared_on
    from beyond
    where shkzg = 'H'
        and beyond_amount > 0
)

select
    applied.debit_item_id || '/' || applied.credit_item_id || '/' || applied.origin
        as allocation_id,
    applied.bukrs as legal_entity_id,
    debit.document_id as invoice_id,
    cast(debit.buzei as integer) as instalment_no,
    credit.side as source_type,
    case
        when credit.side = 'receipt' then credit.item_id else credit.document_id
    end as source_id,
    case
        when applied.origin = 'named' then greatest(debit.posted_on, credit.posted_on)
        else greatest(debit.posted_on, credit.posted_on, debit.cleared_on)
    end as allocation_date,
    applied.amount
from applied
inner join items as debit
    on applied.bukrs = debit.bukrs and applied.debit_item_id = debit.item_id
inner join items as credit
    on applied.bukrs = credit.bukrs and applied.credit_item_id = credit.item_id

union all

select
    beyond.item_id || '/' || beyond.clearing_document || '/beyond' as allocation_id,
    beyond.bukrs as legal_entity_id,
    beyond.document_id as invoice_id,
    cast(beyond.buzei as integer) as instalment_no,
    case
        when exchanged_clearings.bukrs is null then 'write_off' else 'receipt'
    end as source_type,
    case
        when exchanged_clearings.bukrs is null then beyond.clearing_document
        else beyond.clearing_document || '-' || beyond.cleared_on || '-' || beyond.kunnr || '-'
            || beyond.waers
    end as source_id,
    greatest(beyond.posted_on, beyond.cleared_on) as allocation_date,
    beyond.beyond_amount as amount
from beyond
left join exchanged_clearings
    on beyond.bukrs = exchanged_clearings.bukrs
    and beyond.kunnr = exchanged_clearings.kunnr
    and beyond.clearing_document = exchanged_clearings.clearing_document
    and beyond.cleared_on = exchanged_clearings.cleared_on
where beyond.shkzg = 'S'
    and beyond.beyond_amount > 0
order by legal_entity_id, allocation_id
