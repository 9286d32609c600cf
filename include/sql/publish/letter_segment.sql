-- How the interest of the items of tonight's letters was worked out, the earliest days first.
-- Grain: item of a letter and segment
-- Reads: interest_segment, letter_item
-- Writes: the outbox, or the letters to print
select
    letter_item.letter_id,
    interest_segment.invoice_id,
    interest_segment.instalment_no,
    interest_segment.from_date,
    interest_segment.until_date,
    interest_segment.days,
    interest_segment.base_amount,
    interest_segment.annual_rate_percent,
    interest_segment.interest_amount,
    interest_segment.legal_basis,
    coalesce(interest_segment.needs_confirmation, false) as needs_confirmation,
from interest_segment
inner join letter_item
    on interest_segment.invoice_id = letter_item.invoice_id
    and interest_segment.instalment_no = letter_item.instalment_no
order by letter_item.letter_id, interest_segment.invoice_id, interest_segment.instalment_no,
    interest_segment.segment_no
