-- The interest of each claim, run of days by run of days.
-- Grain: open item and segment
-- Reads: claim, interest_segment
-- Writes: the dossier
select
    claim.invoice_id,
    claim.instalment_no,
    claim.invoice_number,
    interest_segment.segment_no,
    interest_segment.from_date,
    interest_segment.until_date,
    interest_segment.days,
    interest_segment.currency,
    interest_segment.base_amount,
    interest_segment.annual_rate_percent,
    interest_segment.interest_amount,
    interest_segment.rate_source,
    interest_segment.legal_basis,
    interest_segment.needs_confirmation,
from interest_segment
inner join claim
    on interest_segment.invoice_id = claim.invoice_id
    and interest_segment.instalment_no = claim.instalment_no
order by claim.due_date, claim.invoice_id, claim.instalment_no, interest_segment.segment_no
