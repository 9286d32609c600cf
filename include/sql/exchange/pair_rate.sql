-- What one unit of a currency is in another, as an exact fraction, whichever of the two was quoted;
-- where both were on one day, the quote in the asked direction stands.
-- Grain: from_currency, to_currency and rate_date
-- Reads: exchange_rate
-- Writes: pair_rate
with quotes as (
    select
        exchange_rate.from_currency,
        exchange_rate.to_currency,
        exchange_rate.rate_date,
        cast(cast(exchange_rate.rate as decimal(38, 10)) * 10000000000 as hugeint) as rate_units,
    from exchange_rate
),

pairs as (
    select
        quotes.from_currency,
        quotes.to_currency,
        quotes.rate_date,
        false as is_inverse,
        quotes.rate_units as numerator,
        cast(10000000000 as hugeint) as denominator,
    from quotes

    union all

    select
        quotes.to_currency as from_currency,
        quotes.from_currency as to_currency,
        quotes.rate_date,
        true as is_inverse,
        cast(10000000000 as hugeint) as numerator,
        quotes.rate_units as denominator,
    from quotes
)

select
    pairs.from_currency,
    pairs.to_currency,
    pairs.rate_date,
    arg_min(pairs.numerator, pairs.is_inverse) as numerator,
    arg_min(pairs.denominator, pairs.is_inverse) as denominator,
from pairs
group by pairs.from_currency, pairs.to_currency, pairs.rate_date
