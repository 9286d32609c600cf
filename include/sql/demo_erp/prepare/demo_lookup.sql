-- Small tables as lists in one row: unlike a hash join, a look-up in a list keeps rows in order.
-- Grain: one row
-- Reads: demo_setting, demo_turn, demo_number_base, demo_slot, demo_customer, demo_culture
-- Writes: demo_lookup
with
number_bases as (
    select
        legal_entity_id,
        list(numbered_before order by issue_year) as numbered_before,
    from demo_number_base
    group by legal_entity_id
),

turns as (
    select
        demo_turn.*,
        number_bases.numbered_before,
        (
            select count(*)
            from demo_customer
            where demo_customer.legal_entity_id < demo_turn.legal_entity_id
        ) as customers_before,
    from demo_turn
    inner join number_bases on demo_turn.legal_entity_id = number_bases.legal_entity_id
),

cultures as (
    select
        culture,
        goods,
        services,
        row_number() over (order by culture) as culture_no,
    from demo_culture
),

customers as (
    select
        demo_customer.legal_entity_id,
        demo_customer.position,
        demo_customer.customer_no,
        demo_customer.customer_id,
        demo_customer.currency,
        demo_customer.unit,
        demo_customer.payment_terms_days,
        demo_customer.behaviour,
        demo_customer.amount_percent,
        cultures.culture_no,
    from demo_customer
    inner join cultures on demo_customer.culture = cultures.culture
)

select
    year(demo_setting.first_day) as first_year,
    (select list(issue_date order by slot) from demo_slot) as issue_dates,
    (select list(turns order by turn) from turns) as turns,
    (select list(cultures order by culture_no) from cultures) as cultures,
    (select list(customers order by legal_entity_id, position) from customers) as customers,
from demo_setting
