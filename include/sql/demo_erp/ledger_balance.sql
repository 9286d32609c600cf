-- The control account at month-ends and on the last day: invoices less credits, cash, write-offs.
-- Grain: legal_entity_id, balance_date and currency
-- Reads: demo_invoice, receipt, demo_company, demo_setting
-- Writes: ledger_balance
with
postings as (
    select legal_entity_id, currency, posting_date as day, sum(gross_cents) as cents,
    from demo_invoice
    group by legal_entity_id, currency, posting_date
    union all
    select legal_entity_id, currency, cancelled_on, -sum(gross_cents),
    from demo_invoice
    where cancelled_on is not null
    group by legal_entity_id, currency, cancelled_on
    union all
    select legal_entity_id, currency, credit_on, -sum(credit_cents),
    from demo_invoice
    where credit_cents > 0
    group by legal_entity_id, currency, credit_on
    union all
    select legal_entity_id, currency, write_off_on, -sum(write_off_cents),
    from demo_invoice
    where write_off_on is not null
    group by legal_entity_id, currency, write_off_on
    union all
    select legal_entity_id, currency, receipt_date, -cast(sum(amount) * 100 as hugeint),
    from receipt
    group by legal_entity_id, currency, receipt_date
),

balance_days as (
    select
        last_day(cast(unnest(generate_series(first_day, until, interval 1 month)) as date)) as day,
    from demo_setting
),

balance_dates as (
    select balance_days.day as balance_date,
    from balance_days
    cross join demo_setting
    where balance_days.day < demo_setting.until
    union all
    select until,
    from demo_setting
),

ledgers as (
    select distinct legal_entity_id, currency,
    from postings
)

select
    ledgers.legal_entity_id,
    balance_dates.balance_date,
    demo_company.account,
    ledgers.currency,
    demo_amount(coalesce(sum(postings.cents), 0)) as amount,
from ledgers
cross join balance_dates
inner join demo_company on ledgers.legal_entity_id = demo_company.legal_entity_id
left join postings
    on ledgers.legal_entity_id = postings.legal_entity_id
    and ledgers.currency = postings.currency
    and balance_dates.balance_date >= postings.day
group by
    ledgers.legal_entity_id, balance_dates.balance_date, demo_company.account, ledgers.currency
order by ledgers.legal_entity_id, balance_dates.balance_date, ledgers.currency
