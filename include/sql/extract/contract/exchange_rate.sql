-- Closing rate of a day; 1 from_currency = rate to_currency. Belongs to every legal entity of the source.
-- Grain: rate_date, from_currency, to_currency
-- Reads: exchange_rate
-- Writes: landing exchange_rate
select * from exchange_rate
