-- What was set against the documents that customers owe: partial payments and credit memos that name
-- their invoice, from the day on which they were posted, and what was cleared together, from the day
-- of the clearing. A clearing that was reset has left no trace.
-- Grain: legal_entity_id, allocation_id
-- Reads: bsid, bsad, bkpf, kna1, tcurx
-- Writes: landing allocation
with pairs as (
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
