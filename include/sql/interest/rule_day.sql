-- What each rule says of each day: its rate, its weight in the year, and running sums, so that any
-- span of days costs two look-ups. A day of a rule has one number, and so has each of its runs of
-- days of one rate and weight: joins on small dense numbers are the fastest there are.
-- Grain: rule and day
-- Reads: interest_rule, rule_reference, rule_suspension, rule_holiday
-- Writes: rule_day
with days as (
    select
        interest_rule.*,
        cast(
            unnest(
                generate_series(interest_rule.first_day, interest_rule.last_day, interval 1 day)
            ) as date
        ) as day,
        interest_rule.day_key_base + (day - date '1970-01-01') as day_key,
    from interest_rule
),

suspended_days as (
    select distinct
        rule_suspension.rule_no,
        cast(
            unnest(
                generate_series(
                    greatest(rule_suspension.from_day, interest_rule.first_day),
                    least(rule_suspension.until_day, interest_rule.last_day),
                    interval 1 day
                )
            ) as date
        ) as day,
    from rule_suspension
    inner join interest_rule on rule_suspension.rule_no = interest_rule.rule_no
),

holidays as (
    select distinct rule_holiday.rule_no, rule_holiday.day
    from rule_holiday
),

calendar_days as (
    select
        days.*,
        day(last_day(days.day)) as month_days,
        dayofyear(make_date(year(days.day), 12, 31)) as year_days,
        360 * year(days.day) + 30 * month(days.day) + least(day(days.day), 30)
        - 360 * year(days.day - 1) - 30 * month(days.day - 1) - least(day(days.day - 1), 30)
            as bank_days,
        suspended_days.day is not null as is_suspended,
        holidays.day is null
        and not list_contains(days.weekend, isodow(days.day) - 1) as is_business_day,
        case
            when days.fixing in ('halfyear', 'halfyear_frozen')
                then make_date(year(days.day), case when month(days.day) < 7 then 1 else 7 end, 1)
                - case when days.snapshot = 'day_before' then 1 else 0 end
            when days.fixing = 'month' then least(
                days.day, greatest(make_date(year(days.day), month(days.day), 1), days.reference_from)
            )
            else days.day
        end as lookup_day,
    from days
    left join suspended_days
        on days.rule_no = suspended_days.rule_no
        and days.day = suspended_days.day
    left join holidays
        on days.rule_no = holidays.rule_no
        and days.day = holidays.day
),

referenced_days as (
    select
        calendar_days.*,
        case
            when calendar_days.lookup_day < rule_reference.until_day then rule_reference.reference
        end as reference,
        coalesce(rule_reference.needs_confirmation, false) as is_reference_unconfirmed,
    from calendar_days
    asof left join rule_reference
        on calendar_days.rule_no = rule_reference.rule_no
        and calendar_days.lookup_day >= rule_reference.from_day
),

total_days as (
    select
        referenced_days.*,
        referenced_days.multiplier * case
            when referenced_days.round_on = 'reference' then stepped(
                referenced_days.reference, referenced_days.round_step, referenced_days.round_mode
            )
            else referenced_days.reference
        end + referenced_days.margin as total,
    from referenced_days
),

stepped_days as (
    select
        total_days.*,
        case
            when total_days.round_on = 'total'
                then stepped(total_days.total, total_days.round_step, total_days.round_mode)
            else total_days.total
        end as stepped_total,
    from total_days
),

rated_days as (
    select
        stepped_days.*,
        case
            when stepped_days.stepped_total is null then null
            when stepped_days.stepped_total > stepped_days.cap_percent
                then stepped_days.cap_percent
            when stepped_days.stepped_total < stepped_days.floor_percent
                then stepped_days.floor_percent
            else stepped_days.stepped_total
        end as day_percent,
        case stepped_days.day_count
            when 'ACT/ACT' then stepped_days.year_weight // stepped_days.year_days
            when 'MONTH/ACT' then stepped_days.year_weight // stepped_days.month_days
            else 1
        end as unit_weight,
        case stepped_days.day_count
            when '30E/360' then stepped_days.bank_days
            else 1
        end as interest_days,
    from stepped_days
),

run_days as (
    select
        rated_days.*,
        case
            when rated_days.fixing in ('halfyear_frozen', 'start_frozen', 'rest') then null
            else rated_days.day_percent
        end as run_percent,
    from rated_days
),

changed_days as (
    select
        run_days.*,
        cast(
            coalesce(
                run_days.run_percent is distinct from lag(run_days.run_percent) over days_of_rule
                or run_days.unit_weight <> lag(run_days.unit_weight) over days_of_rule
                or run_days.is_suspended <> lag(run_days.is_suspended) over days_of_rule,
                false
            ) as integer
        ) as is_change,
    from run_days
    window days_of_rule as (partition by run_days.rule_no order by run_days.day)
)

select
    changed_days.rule_no,
    changed_days.day_key,
    changed_days.day,
    changed_days.day_percent,
    changed_days.run_percent,
    changed_days.needs_confirmation or changed_days.is_reference_unconfirmed as needs_confirmation,
    changed_days.is_suspended,
    changed_days.unit_weight,
    changed_days.interest_days,
    cast(
        min(changed_days.day_key) over days_until + sum(changed_days.is_change) over days_until
        as integer
    ) as run_key,
    cast(sum(changed_days.interest_days) over days_until as integer) as interest_days_index,
    cast(sum(cast(changed_days.interest_days = 2 as integer)) over days_until as integer)
        as twos_index,
    cast(sum(cast(changed_days.interest_days = 3 as integer)) over days_until as integer)
        as threes_index,
    min(case when changed_days.is_business_day then changed_days.day end) over (
        partition by changed_days.rule_no
        order by changed_days.day
        rows between current row and unbounded following
    ) as next_business_day,
from changed_days
window days_until as (
    partition by changed_days.rule_no
    order by changed_days.day
    rows between unbounded preceding and current row
)
