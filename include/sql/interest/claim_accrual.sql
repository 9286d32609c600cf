-- What a claim's base earned up to an event, in the rule's units, rounded as the rule's stage says.
-- Only an unrounded claim can meet a fraction that its unit does not hold: is_inexact, and the
-- interest is then less than one unit off.
-- Grain: claim and event
-- Reads: claim_base, claim_piece, interest_rule
-- Writes: claim_accrual
with booked_pieces as (
    select
        claim_piece.claim_id,
        claim_piece.event_no,
        any_value(claim_base.base_amount) as base_amount,
        any_value(claim_piece.rule_id) as rule_id,
        bool_or(claim_piece.percent is null) as lacks_rate,
        cast(coalesce(sum(claim_piece.numerator), 0) as hugeint) as numerator,
        cast(sum(
            case interest_rule.rounding_stage
                when 'segment' then rounded_share(
                    claim_base.base_amount,
                    claim_piece.numerator,
                    interest_rule.denominator,
                    interest_rule.rounding_mode
                )
                when 'day' then claim_piece.ones * rounded_share(
                    claim_base.base_amount,
                    claim_piece.day_numerator,
                    interest_rule.denominator,
                    interest_rule.rounding_mode
                ) + claim_piece.twos * rounded_share(
                    claim_base.base_amount,
                    claim_piece.day_numerator * 2,
                    interest_rule.denominator,
                    interest_rule.rounding_mode
                ) + claim_piece.threes * rounded_share(
                    claim_base.base_amount,
                    claim_piece.day_numerator * 3,
                    interest_rule.denominator,
                    interest_rule.rounding_mode
                )
            end
        ) as hugeint) as rounded_interest,
    from claim_base
    inner join claim_piece
        on claim_base.claim_id = claim_piece.claim_id
        and claim_base.event_no = claim_piece.event_no
    inner join interest_rule on claim_piece.rule_id = interest_rule.rule_id
    where claim_base.base_amount > 0
    group by claim_piece.claim_id, claim_piece.event_no
),

divided_pieces as (
    select
        booked_pieces.*,
        interest_rule.rounding_stage,
        interest_rule.rounding_mode,
        interest_rule.denominator,
        case
            when interest_rule.rounding_stage in ('final', 'booking')
                then gcd(booked_pieces.numerator, interest_rule.denominator)
            else 1
        end as divisor,
    from booked_pieces
    inner join interest_rule on booked_pieces.rule_id = interest_rule.rule_id
),

lowest_terms as (
    select
        divided_pieces.*,
        case
            when divided_pieces.divisor = 1 then divided_pieces.numerator
            else divided_pieces.numerator // divided_pieces.divisor
        end as reduced_numerator,
        case
            when divided_pieces.divisor = 1 then divided_pieces.denominator
            else divided_pieces.denominator // divided_pieces.divisor
        end as reduced_denominator,
    from divided_pieces
)

select
    lowest_terms.claim_id,
    lowest_terms.event_no,
    lowest_terms.lacks_rate,
    case lowest_terms.rounding_stage
        when 'final' then share(
            lowest_terms.base_amount,
            lowest_terms.reduced_numerator,
            lowest_terms.reduced_denominator
        )
        when 'booking' then rounded_share(
            lowest_terms.base_amount,
            lowest_terms.reduced_numerator,
            lowest_terms.reduced_denominator,
            lowest_terms.rounding_mode
        )
        else lowest_terms.rounded_interest
    end as interest,
    lowest_terms.rounding_stage = 'final'
    and share_rest(
        lowest_terms.base_amount, lowest_terms.reduced_numerator, lowest_terms.reduced_denominator
    ) <> 0 as is_inexact,
    lowest_terms.reduced_numerator,
    lowest_terms.reduced_denominator,
from lowest_terms
