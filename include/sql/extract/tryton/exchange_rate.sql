-- Rates between the currencies of receivables and of companies, on each day that one of them has a
-- new one. Tryton keeps units for one of a base currency, for all companies.
-- Grain: rate_date, from_currency, to_currency
-- Reads: currency_currency_rate, currency_currency, company_company, account_move_line,
--   account_account, account_account_type
-- Writes: landing exchange_rate
with
used_currency as (
    select company.currency as id
    from company_company as company
    union
    select line.second_currency
    from account_move_line as line
    inner join account_account as account on line.account = account.id
    inner join account_account_type as type on account.type = type.id and type.receivable
    where line.second_currency is not null
),

-- Each rate holds until the day before the next.
span as (
    select
        known.currency,
        known.date as rate_date,
        lead(known.date, 1, date 'infinity') over (
            partition by known.currency order by known.date
        ) as until_date,
        known.rate
    from currency_currency_rate as known
    inner join used_currency on known.currency = used_currency.id
    where known.rate > 0
        and known.date is not null
)

select
    greatest(source.rate_date, target.rate_date) as rate_date,
    source_currency.code as from_currency,
    target_currency.code as to_currency,
    round(target.rate / source.rate, 10) as rate,
    'Tryton' as source
from span as source
inner join span as target
    on source.currency <> target.currency
    and source.rate_date < target.until_date
    and target.rate_date < source.until_date
inner join currency_currency as source_currency on source.currency = source_currency.id
inner join currency_currency as target_currency on target.currency = target_currency.id
where round(target.rate / source.rate, 10) > 0
    -- A base has its rate since the year 1.
    and greatest(source.rate_date, target.rate_date) >= date '1000-01-01'
order by rate_date, from_currency, to_currency
