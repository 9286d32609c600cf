-- One row a customer line item: dates in ISO, and amounts as they are (SAP stores every currency
-- as if it had two decimals; TCURX says how many it has). Noted items (BSTAT S) are no debt.
-- Grain: line item
-- Reads: line_items, kna1, tcurx, bkpf
-- Writes: nothing; a CTE of the SELECTs beside this folder
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
