-- Money on customer accounts: payments, down payments and other credits that are no credit memos.
-- Money that cleared items of another currency is landed in the currency that it cleared.
-- Grain: legal_entity_id, receipt_id
-- Reads: bsid, bsad, bkpf, kna1, tcurx
-- Writes: landing receipt
with exchanged as (
    select
        debit.bukrs,
        debit.kunnr,
        debit.clearing_document,
        debit.cleared_on,
        debit.waers,
        max(debit.customer_id) as customer_id,
        sum(debit.beyond_amount) as amount
    from beyond as debit
    where debit.shkzg = 'S'
        and debit.beyond_amount > 0
        and exists (
            select 1
            from beyond as credit
            where credit.bukrs = debit.bukrs
                and credit.kunnr = debit.kunnr
                and credit.clearing_document = debit.clearing_document
                and credit.cleared_on = debit.cleared_on
                and credit.shkzg = 'H'
                and credit.beyond_amount > 0
        )
    group by
        debit.bukrs, debit.kunnr, debit.clearing_document, debit.cleared_on, debit.waers
)

select
    items.item_id as receipt_id,
    items.bukrs as legal_entity_id,
    items.customer_id,
    items.posted_on as receipt_date,
    items.waers as currency,
    items.amount - coalesce(beyond.beyond_amount, 0) as amount,
    coalesce(nullif(trim(items.xblnr), ''), nullif(trim(items.sgtxt), '')) as reference,
    items.blart as document_type_code,
    items.umskz as special_gl_indicator
from items
left join beyond on items.bukrs = beyond.bukrs and items.item_id = beyond.item_id
where items.side = 'receipt'
    and items.amount > coalesce(beyond.beyond_amount, 0)

union all

select
    exchanged.clearing_document || '-' || exchanged.cleared_on || '-' || exchanged.kunnr || '-'
    || exchanged.waers as receipt_id,
    exchanged.bukrs as legal_entity_id,
    exchanged.customer_id,
    exchanged.cleared_on as receipt_date,
    exchanged.waers as currency,
    exchanged.amount,
    exchanged.clearing_document as reference,
    null as document_type_code,
    null as special_gl_indicator
from exchanged
order by legal_entity_id, receipt_id
