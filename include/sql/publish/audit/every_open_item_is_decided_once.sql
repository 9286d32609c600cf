-- Every open item has one decision, and no decision is about anything else.
-- Grain: item with none or several
-- Reads: open_item, decision
-- Writes: check_result
with mentions as (
    select open_item.invoice_id, open_item.instalment_no, 1 as items, 0 as decisions
    from open_item
    union all
    select decision.invoice_id, decision.instalment_no, 0 as items, 1 as decisions
    from decision
)

select
    mentions.invoice_id || '/' || mentions.instalment_no as subject,
    sum(mentions.decisions) as decisions,
from mentions
group by mentions.invoice_id, mentions.instalment_no
having sum(mentions.items) <> 1 or sum(mentions.decisions) <> 1
