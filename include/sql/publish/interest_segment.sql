-- The interest of every open item, as finance reads it.
-- Grain: open item and segment
-- Reads: interest_segment
-- Writes: interest_segment
select
    interest_segment.as_of_date,
    interest_segment.legal_entity_id,
    interest_segment.invoice_id,
    interest_segment.instalment_no,
    interest_segment.segment_no,
    interest_segment.from_date,
    interest_segment.until_date,
    interest_segment.days,
    interest_segment.currency,
    interest_segment.base_amount,
    interest_segment.annual_rate_percent,
    interest_segment.interest_amount,
    interest_segment.rule_id,
    interest_segment.rate_source,
    interest_segment.legal_basis,
    interest_segment.needs_confirmation,
from interest_segment
