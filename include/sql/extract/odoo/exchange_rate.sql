-- Rates between the currencies of receivables and of companies, on each day that one of them has a
-- new one. Odoo keeps units for one of a base currency; the rates of the first company are taken.
-- Grain: rate_date, from_currency, to_currency
-- Reads: res_currency_rate, res_currency, res_company, account_move_line, account_account
-- Writes: landing exchange_rate
with
used_currency as (
    select company.currency_id as id
    from res_company as company
    union
    select line.currency_id
    from account_move_line as line
    inner join account_account as account
        on line.account_id = account.id and account.account_type = 'asset_receivable'
),

-- As Odoo reads them: a company's own rates, and the shared ones of currencies for which it has none.
known_rate as (
    select own.currency_id, own.name as rate_date, own.rate
    from res_currency_rate as own
    inner join used_currency on own.currency_id = used_currency.id
    where own.company_id is not distinct from (
        select min(other.company_id)
        from res_currency_rate as other
        where other.currency_id = own.currency_id
            and other.company_id = (select min(company.id) from res_company as company)
    )
        and own.rate > 0
),

-- Each rate holds until the day before the next; a currency without any is the base itself.
span as (
    select
        known_rate.currency_id,
        known_rate.rate_date,
        lead(known_rate.rate_date, 1, date 'infinity') over (
            partition by known_rate.currency_id order by known_rate.rate_date
        ) as until_date,
        known_rate.rate
    from known_rate
    union all
    select company.currency_id, date '-infinity', date 'infinity', 1
    from (
        select company.currency_id
        from res_company as company
        order by company.id
        limit 1
    ) as company
    where not exists (
        select known_rate.currency_id
        from known_rate
        where known_rate.currency_id = company.currency_id
    )
)

select
    greatest(source.rate_date, target.rate_date) as rate_date,
    source_currency.name as from_currency,
    target_currency.name as to_currency,
    round(target.rate / source.rate, 10) as rate,
    'Odoo' as source
from span as source
inner join span as target
    on source.currency_id <> target.currency_id
    and source.rate_date < target.until_date
    and target.rate_date < source.until_date
inner join res_currency as source_currency on source.currency_id = source_currency.id
inner join res_currency as target_currency on target.currency_id = target_currency.id
where round(target.rate / source.rate, 10) > 0
order by rate_date, from_currency, to_currency
