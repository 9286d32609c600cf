-- The interest of an item is the sum of its segments, to the cent; a held item may have neither.
-- Grain: item that differs
-- Reads: open_item, interest_segment
-- Writes: check_result
with segment_sums as (
    select
        interest_segment.invoice_id,
        interest_segment.instalment_no,
        sum(interest_segment.interest_amount) as interest_amount,
    from interest_segment
    group by interest_segment.invoice_id, interest_segment.instalment_no
)

select
    coalesce(open_item.invoice_id, segment_sums.invoice_id) as subject,
    open_item.interest_amount,
    segment_sums.interest_amount as segments_amount,
from open_item
full outer join segment_sums
    on open_item.invoice_id = segment_sums.invoice_id
    and open_item.instalment_no = segment_sums.instalment_no
where coalesce(open_item.interest_amount, -1) <> coalesce(segment_sums.interest_amount, 0)
    and not (
        open_item.interest_amount is null
        and segment_sums.interest_amount is null
        and open_item.data_hold_reason is not null
    )
