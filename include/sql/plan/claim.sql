-- What the notices demand, and what of it is interest and compensation, on either side.
-- Grain: currency
-- Reads: before_notice_item, after_notice_item
-- Writes: nothing
with items as (
    select 'before' as side, before_notice_item.* from before_notice_item
    union all by name
    select 'after' as side, after_notice_item.* from after_notice_item
),

claims as (
    select
        items.side,
        items.currency,
        items.dunning_exposure_amount + items.claimed_amount as demanded_amount,
        case when items.claimed_amount <> 0 then items.interest_amount else 0 end
            as interest_amount,
        case when items.claimed_amount <> 0 then items.compensation_amount else 0 end
            as compensation_amount,
    from items
)

select
    claims.currency,
    cast(coalesce(sum(claims.demanded_amount) filter (claims.side = 'before'), 0)
        as decimal(38, 4)) as demanded_before,
    cast(coalesce(sum(claims.demanded_amount) filter (claims.side = 'after'), 0)
        as decimal(38, 4)) as demanded_after,
    cast(coalesce(sum(claims.interest_amount) filter (claims.side = 'before'), 0)
        as decimal(38, 4)) as interest_before,
    cast(coalesce(sum(claims.interest_amount) filter (claims.side = 'after'), 0)
        as decimal(38, 4)) as interest_after,
    cast(coalesce(sum(claims.compensation_amount) filter (claims.side = 'before'), 0)
        as decimal(38, 4)) as compensation_before,
    cast(coalesce(sum(claims.compensation_amount) filter (claims.side = 'after'), 0)
        as decimal(38, 4)) as compensation_after,
from claims
group by claims.currency
order by claims.currency
