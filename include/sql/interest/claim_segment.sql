-- The interest table of each claim, row by row, each row rounded to the minor unit.
-- Grain: claim and run of days with one base, rate and length of year
-- Reads: claim_base, claim_piece, interest_rule
-- Writes: claim_segment
with based_pieces as (
    select
        claim_piece.*,
        claim_base.base_amount,
        interest_rule.unit,
        interest_rule.base_factor_unit,
        case
            when interest_rule.unit = 1 and interest_rule.base_factor_unit = 1
                then claim_base.base_amount * interest_rule.base_factor
            else claim_base.base_amount // interest_rule.unit * interest_rule.base_factor
                // interest_rule.base_factor_unit
        end as whole_base,
        case
            when interest_rule.unit = 1 and interest_rule.base_factor_unit = 1 then 0
            else claim_base.base_amount // interest_rule.unit * interest_rule.base_factor
                % interest_rule.base_factor_unit * interest_rule.unit
                + claim_base.base_amount % interest_rule.unit * interest_rule.base_factor
        end as rest_base,
        interest_rule.rounding_mode,
        interest_rule.denominator,
        case
            when interest_rule.unit = 1 then 1
            else gcd(claim_piece.numerator, interest_rule.denominator)
        end as divisor,
    from claim_base
    inner join claim_piece
        on claim_base.claim_id = claim_piece.claim_id
        and claim_base.event_no = claim_piece.event_no
    inner join interest_rule on claim_piece.rule_id = interest_rule.rule_id
    where claim_base.base_amount > 0
        and claim_piece.percent is not null
)

select
    based_pieces.claim_id,
    based_pieces.from_day,
    based_pieces.until_day,
    based_pieces.days,
    based_pieces.interest_days,
    based_pieces.percent,
    -- In whole and rest, lest the product outgrow 128 bits; half_even asks whether the whole is odd.
    case
        when based_pieces.unit = 1 and based_pieces.base_factor_unit = 1
            then based_pieces.whole_base
        else based_pieces.whole_base - based_pieces.whole_base % 2 + rounded(
            based_pieces.whole_base % 2 * based_pieces.unit * based_pieces.base_factor_unit
            + based_pieces.rest_base,
            based_pieces.unit * based_pieces.base_factor_unit,
            based_pieces.rounding_mode
        )
    end as base_amount,
    case
        when based_pieces.unit = 1 then rounded_share(
            based_pieces.base_amount,
            based_pieces.numerator,
            based_pieces.denominator,
            based_pieces.rounding_mode
        )
        else rounded(
            share(
                based_pieces.base_amount,
                based_pieces.numerator // based_pieces.divisor,
                based_pieces.denominator // based_pieces.divisor
            ),
            based_pieces.unit,
            based_pieces.rounding_mode
        )
    end as interest_amount,
    based_pieces.needs_confirmation,
from based_pieces
