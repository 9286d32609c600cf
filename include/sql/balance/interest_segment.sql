-- The interest of each item, row by row. The rows of an item sum to its interest: where the rule
-- rounds at another stage than the row, the last row takes the difference.
-- Grain: open item and run of days with one base, rate and length of year
-- Reads: claim_segment, item_interest, rule_version
-- Writes: interest_segment
with numbered_segments as (
    select
        claim_segment.*,
        row_number() over segments_of_claim as segment_no,
        lead(claim_segment.from_day) over segments_of_claim is null as is_last,
        sum(claim_segment.interest_amount) over (
            segments_of_claim rows between unbounded preceding and current row
        ) as interest_so_far,
    from claim_segment
    where claim_segment.percent <> 0
    window segments_of_claim as (
        partition by claim_segment.claim_id order by claim_segment.from_day
    )
),

segments as (
    select
        numbered_segments.*,
        item_interest.invoice_id,
        item_interest.instalment_no,
        item_interest.currency,
        item_interest.exponent,
        rule_version.rule_name,
        rule_version.rate_source,
        rule_version.legal_basis,
        rule_version.percent_unit,
        rule_version.periods_a_year,
        item_interest.interest_amount
        - money(numbered_segments.interest_so_far, item_interest.exponent) as rounding_difference,
    from numbered_segments
    inner join item_interest on numbered_segments.claim_id = item_interest.item_no
    inner join rule_version on item_interest.rule_id = rule_version.rule_id
    where item_interest.reason_code is null
        and not (
            item_interest.is_interest_claim
            and item_interest.interest_amount + item_interest.fixed_fee_amount
            + item_interest.fine_amount = 0
        )
)

select
    cast($as_of_date as date) as as_of_date,
    $legal_entity_id as legal_entity_id,
    segments.invoice_id,
    segments.instalment_no,
    cast(segments.segment_no as integer) as segment_no,
    segments.from_day as from_date,
    segments.until_day as until_date,
    segments.days,
    segments.currency,
    money(segments.base_amount, segments.exponent) as base_amount,
    cast(
        cast(
            rounded(
                segments.percent * segments.periods_a_year * 1000000,
                segments.percent_unit,
                'half_up'
            ) as decimal(32, 0)
        ) * cast(0.000001 as decimal(38, 6)) as decimal(18, 6)
    ) as annual_rate_percent,
    cast(
        money(segments.interest_amount, segments.exponent)
        + case when segments.is_last then segments.rounding_difference else 0 end
        as decimal(38, 4)
    ) as interest_amount,
    segments.rule_name as rule_id,
    segments.rate_source,
    segments.legal_basis,
    segments.needs_confirmation,
from segments
