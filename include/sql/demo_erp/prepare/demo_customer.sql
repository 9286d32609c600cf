-- Customers: where they are, how large, on which terms, and how they pay.
-- Grain: customer_no (0 to the number of customers - 1)
-- Reads: demo_setting, demo_turn, demo_company, demo_country, demo_culture
-- Writes: demo_customer
with
numbered_customers as (
    select
        numbers.customer_no,
        demo_turn.legal_entity_id,
        demo_turn.customers_of_entity,
        numbers.customer_no // demo_turn.round_length * demo_turn.turns_in_round
            + demo_turn.rank_in_round as position,
        demo_draw(demo_setting.seed, 'customer', numbers.customer_no) as draw,
    from demo_setting
    cross join range(demo_setting.customers) as numbers (customer_no)
    inner join demo_turn on demo_turn.turn = numbers.customer_no % demo_turn.round_length
),

placed_customers as (
    select
        numbered_customers.*,
        demo_company.* exclude (legal_entity_id, currency, currencies, countries, turns),
        case
            when position < 10 then demo_company.countries.first[1 + position]
            else demo_company.countries.then[1 + position % 10]
        end as country,
        coalesce(demo_company.currencies[country], demo_company.currency) as currency,
    from numbered_customers
    inner join demo_company using (legal_entity_id)
),

named_customers as (
    select
        placed_customers.*,
        demo_country.* exclude (country),
        demo_culture.* exclude (culture),
        row_number() over (partition by country order by customer_no) - 1 as rank_in_country,
        len(companies) * len(surnames) * len(trades) as names_in_country,
        (rank_in_country * 7919 + demo_setting.seed * 31) % names_in_country as name_no,
        surnames[1 + name_no // len(companies) % len(surnames)] as surname,
        trades[1 + name_no // (len(companies) * len(surnames))] as trade,
        replace(
            replace(companies[1 + name_no % len(companies)], '{surname}', surname),
            '{trade}', trade
        ) || case
            when rank_in_country >= names_in_country
                then ' ' || (1 + rank_in_country // names_in_country)
            else ''
        end as name,
    from placed_customers
    inner join demo_country using (country)
    inner join demo_culture using (culture)
    cross join demo_setting
)

select
    customer_no,
    legal_entity_id,
    position,
    format('C-{}-{:05d}', legal_entity_id, position + 1) as customer_id,
    name,
    country,
    culture,
    language,
    time_zone,
    currency,
    case currency when 'JPY' then 100 else 1 end as unit,
    case currency when 'JPY' then 160 else amount_factor end as currency_factor,
    currency_factor * (60 + 240 * (customers_of_entity - position) // customers_of_entity)
        as amount_percent,
    payment_terms_days[1 + demo_slice(draw, 0) % len(payment_terms_days)] as payment_terms_days,
    case
        when demo_slice(draw, 1) < 260 then 'punctual'
        when demo_slice(draw, 1) < 540 then 'late'
        when demo_slice(draw, 1) < 740 then 'chronic'
        when demo_slice(draw, 1) < 880 then 'deteriorating'
        else 'seasonal'
    end as behaviour,
    currency_factor * (5000 + 2500000 // (position + 1) * (80 + demo_slice(draw, 2) % 40) // 100)
        as annual_revenue,
    salespeople[1 + position % len(salespeople)] as salesperson_name,
    format(
        tax_id, customer_no // 1000 % 1000, customer_no % 1000, demo_slice(draw, 3) % 100
    ) as tax_id,
    format(phone, demo_slice(draw, 3) % 100, demo_slice(draw, 4) % 100) as phone,
    streets[1 + demo_slice(draw, 4) % len(streets)] as street,
    1 + demo_slice(draw, 5) % 180 as house_no,
    places[1 + demo_slice(draw, 5) % len(places)] as place,
    case
        when culture = 'ru' then lower(format('c-{}-{:05d}', legal_entity_id, position + 1))
        else left(
            trim(
                regexp_replace(
                    strip_accents(replace(lower(name), 'ß', 'ss')), '[^a-z0-9]+', '-', 'g'
                ),
                '-'
            ),
            60
        )
    end || '.example' as domain,
    position % 40 = 11 as is_dunning_blocked,
    draw,
from named_customers
order by customer_no
