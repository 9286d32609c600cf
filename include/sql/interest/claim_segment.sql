-- The interest table of each claim, row by row, each row rounded to the minor unit.
-- Grain: claim and run of days with one base, rate and length of year
-- Reads: based_piece
-- Writes: claim_segment
with divided_pieces as (
    select
        based_piece.*,
        based_piece.unit = 1 and based_piece.base_factor_unit = 1 as is_whole,
        case
            when based_piece.unit = 1 then 1
            else gcd(based_piece.numerator, based_piece.denominator)
        end as divisor,
    from based_piece
    where based_piece.base_amount > 0
        and based_piece.percent is not null
),

-- In whole and rest, lest the product outgrow 128 bits.
split_bases as (
    select
        divided_pieces.*,
        case
            when not divided_pieces.is_whole
                then divided_pieces.base_amount // divided_pieces.unit * divided_pieces.base_factor
                // divided_pieces.base_factor_unit
        end as whole_base,
        case
            when not divided_pieces.is_whole
                then divided_pieces.base_amount // divided_pieces.unit * divided_pieces.base_factor
                % divided_pieces.base_factor_unit * divided_pieces.unit
                + divided_pieces.base_amount % divided_pieces.unit * divided_pieces.base_factor
        end as rest_base,
    from divided_pieces
)

select
    split_bases.claim_id,
    split_bases.from_day,
    split_bases.until_day,
    split_bases.days,
    split_bases.interest_days,
    split_bases.percent,
    -- half_even asks whether the whole is odd.
    case
        when split_bases.is_whole then split_bases.base_amount * split_bases.base_factor
        else split_bases.whole_base - split_bases.whole_base % 2 + rounded(
            split_bases.whole_base % 2 * split_bases.unit * split_bases.base_factor_unit
            + split_bases.rest_base,
            split_bases.unit * split_bases.base_factor_unit,
            split_bases.rounding_mode
        )
    end as base_amount,
    case
        when split_bases.unit = 1 then rounded_share(
            split_bases.base_amount,
            split_bases.numerator,
            split_bases.denominator,
            split_bases.rounding_mode,
            split_bases.is_small
        )
        else rounded(
            share(
                split_bases.base_amount,
                split_bases.numerator // split_bases.divisor,
                split_bases.denominator // split_bases.divisor
            ),
            split_bases.unit,
            split_bases.rounding_mode
        )
    end as interest_amount,
    split_bases.needs_confirmation,
from split_bases
