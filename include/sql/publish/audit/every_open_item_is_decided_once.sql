-- Every open item has one decision, about the whole of it, and no decision is about anything else.
-- Grain: item with none, several, or one about another amount
-- Reads: open_item, decision
-- Writes: check_result
with mentions as (
    select
        open_item.invoice_id,
        open_item.instalment_no,
        1 as items,
        0 as decisions,
        open_item.open_amount,
        open_item.dunning_exposure_amount,
    from open_item

    union all

    select
        decision.invoice_id,
        decision.instalment_no,
        0 as items,
        1 as decisions,
        -decision.open_amount as open_amount,
        -decision.dunning_exposure_amount as dunning_exposure_amount,
    from decision
)

select
    mentions.invoice_id || '/' || mentions.instalment_no as subject,
    sum(mentions.decisions) as decisions,
    sum(mentions.open_amount) as open_difference,
    sum(mentions.dunning_exposure_amount) as exposure_difference,
from mentions
group by mentions.invoice_id, mentions.instalment_no
having sum(mentions.items) <> 1
    or sum(mentions.decisions) <> 1
    or sum(mentions.open_amount) <> 0
    or sum(mentions.dunning_exposure_amount) <> 0
