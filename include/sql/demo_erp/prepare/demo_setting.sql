-- What was asked for, the first day of the two years, and how many cases of each situation.
-- Grain: one row
-- Reads: include/demo_erp/company.yaml
-- Writes: demo_setting
select
    cast($seed as bigint) as seed,
    cast($until as date) as until,
    cast(cast($until as date) - interval 2 year + interval 1 day as date) as first_day,
    cast($customers as bigint) as customers,
    cast($invoices as bigint) as invoices,
    cast(greatest(3, floor(sqrt($invoices) / 6)) as bigint) as situations,
    from_json(cast($industries as json), '["varchar"]') as industries,
    from_json(cast($exchange_rates as json), '"map(varchar, varchar)"') as exchange_rates
