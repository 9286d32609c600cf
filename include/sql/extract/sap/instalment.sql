-- Due parts of the documents that customers owe: one line item each, due as SAP computes it: the
-- baseline date and the longest term that is filled in. Open: what SAP has not cleared, less what
-- was paid on account of it.
-- Grain: legal_entity_id, invoice_id, instalment_no
-- Reads: bsid, bsad, bkpf, kna1, tcurx
-- Writes: landing instalment
with linked_amounts as (
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
