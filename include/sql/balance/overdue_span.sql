-- The currencies of overdue instalments, and the days that these span.
-- Grain: currency
-- Reads: owed_instalment, currency
-- Writes: nothing
select
    owed_instalment.currency,
    currency.exponent,
    min(owed_instalment.due_date) as first_due_date,
from owed_instalment
inner join currency on owed_instalment.currency = currency.currency
where owed_instalment.due_date < $as_of_date
group by owed_instalment.currency, currency.exponent
order by owed_instalment.currency
