-- What the base of each claim that goes step by step earned up to an event of the step, in the
-- rule's units, rounded as the rule's stage says. Only an unrounded claim can meet a fraction that
-- its unit does not hold: is_inexact, and the interest is then less than one unit off.
-- Grain: claim and event
-- Reads: step_base, step_piece
-- Writes: claim_accrual
with booked_pieces as (
    select
        step_piece.claim_id,
        step_piece.event_no,
        any_value(step_base.base_amount) as base_amount,
        any_value(step_piece.is_small) as is_small,
        any_value(step_piece.denominator) as denominator,
        any_value(step_piece.rounding_mode) as rounding_mode,
        any_value(step_piece.rounding_stage) as rounding_stage,
        bool_or(step_piece.percent is null) as lacks_rate,
        cast(coalesce(sum(step_piece.numerator), 0) as hugeint) as numerator,
        cast(sum(
            case step_piece.rounding_stage
                when 'segment' then rounded_share(
                    step_base.base_amount,
                    step_piece.numerator,
                    step_piece.denominator,
                    step_piece.rounding_mode,
                    step_piece.is_small
                )
                when 'day' then rounded_days(
                    step_base.base_amount,
                    step_piece.day_numerator,
                    step_piece.denominator,
                    step_piece.rounding_mode,
                    step_piece.is_small,
                    step_piece.interest_days,
                    step_piece.twos,
                    step_piece.threes
                )
            end
        ) as hugeint) as rounded_interest,
    from step_base
    inner join step_piece
        on step_base.claim_id = step_piece.claim_id
        and step_base.event_no = step_piece.event_no
    where step_piece.step_no = $step_no
        and step_base.base_amount > 0
    group by step_piece.claim_id, step_piece.event_no
),

divided_pieces as (
    select
        booked_pieces.*,
        case
            when booked_pieces.rounding_stage = 'final'
                then gcd(booked_pieces.numerator, booked_pieces.denominator)
            else 1
        end as divisor,
    from booked_pieces
),

lowest_terms as (
    select
        divided_pieces.*,
        divided_pieces.numerator // divided_pieces.divisor as reduced_numerator,
        divided_pieces.denominator // divided_pieces.divisor as reduced_denominator,
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
            lowest_terms.numerator,
            lowest_terms.denominator,
            lowest_terms.rounding_mode,
            lowest_terms.is_small
        )
        else lowest_terms.rounded_interest
    end as interest,
    case
        when lowest_terms.rounding_stage = 'final' then share_rest(
            lowest_terms.base_amount,
            lowest_terms.reduced_numerator,
            lowest_terms.reduced_denominator
        ) <> 0
        else false
    end as is_inexact,
    lowest_terms.reduced_numerator,
    lowest_terms.reduced_denominator,
from lowest_terms
