-- What all days of a claim come to: its interest in the rule's units, rounded as the rule's stage
-- says (where claims go event by event, that is known already), and the days themselves.
-- Grain: claim and way of adding up
-- Reads: based_piece
-- Writes: claim_total
with bookings as (
    select
        based_piece.claim_id,
        rounded_share(
            any_value(based_piece.base_amount),
            cast(sum(based_piece.numerator) as hugeint),
            any_value(based_piece.denominator),
            any_value(based_piece.rounding_mode),
            any_value(based_piece.is_small)
        ) as interest,
        bool_or(based_piece.percent is null) as lacks_rate,
        sum(case when based_piece.percent is not null then based_piece.days end) as calendar_days,
        sum(case when based_piece.percent is not null then based_piece.interest_days end)
            as interest_days,
        bool_or(based_piece.needs_confirmation) as needs_confirmation,
    from based_piece
    where based_piece.base_amount > 0
        and based_piece.is_booked
    group by based_piece.claim_id, based_piece.event_no
)

select
    based_piece.claim_id,
    cast(sum(
        case based_piece.rounding_stage
            when 'segment' then rounded_share(
                based_piece.base_amount,
                based_piece.numerator,
                based_piece.denominator,
                based_piece.rounding_mode,
                based_piece.is_small
            )
            when 'day' then rounded_days(
                based_piece.base_amount,
                based_piece.day_numerator,
                based_piece.denominator,
                based_piece.rounding_mode,
                based_piece.is_small,
                based_piece.interest_days,
                based_piece.twos,
                based_piece.threes
            )
            -- A base that is known from the start is whole minor units, and its shares are exact.
            when 'final'
                then based_piece.base_amount // based_piece.denominator * based_piece.numerator
        end
    ) as hugeint) as interest,
    bool_or(based_piece.percent is null) as lacks_rate,
    sum(case when based_piece.percent is not null then based_piece.days end) as calendar_days,
    sum(case when based_piece.percent is not null then based_piece.interest_days end)
        as interest_days,
    bool_or(based_piece.needs_confirmation) as needs_confirmation,
from based_piece
where based_piece.base_amount > 0
    and not based_piece.is_booked
group by based_piece.claim_id

union all

select
    bookings.claim_id,
    cast(sum(bookings.interest) as hugeint) as interest,
    bool_or(bookings.lacks_rate) as lacks_rate,
    sum(bookings.calendar_days) as calendar_days,
    sum(bookings.interest_days) as interest_days,
    bool_or(bookings.needs_confirmation) as needs_confirmation,
from bookings
group by bookings.claim_id
