-- The businesses that owe.
-- Grain: customer_id
-- Reads: demo_customer, demo_company, demo_setting
-- Writes: customer
select
    demo_customer.customer_id,
    demo_customer.legal_entity_id,
    demo_customer.name,
    demo_customer.country,
    demo_customer.language,
    demo_customer.time_zone,
    demo_customer.currency,
    demo_customer.tax_id,
    case
        when demo_customer.position % 9 = 8
            then format(
                'C-{}-{:05d}', demo_customer.legal_entity_id, demo_customer.position - 4
            )
    end as parent_customer_id,
    case
        when demo_customer.annual_revenue > demo_customer.currency_factor * 250000
            then 'key account'
        when demo_customer.annual_revenue > demo_customer.currency_factor * 90000 then 'mid-market'
        else 'small business'
    end as segment,
    demo_setting.industries[1 + demo_slice(demo_customer.draw, 0) % len(demo_setting.industries)]
        as industry,
    demo_customer.salesperson_name,
    lower(replace(strip_accents(demo_customer.salesperson_name), ' ', '.')) || '@example.com'
        as salesperson_email,
    cast(
        greatest(5000 * demo_customer.currency_factor, demo_customer.annual_revenue // 6)
        // 1000 * 1000 as decimal(18, 2)
    ) as credit_limit_amount,
    cast(demo_customer.payment_terms_days as integer) as payment_terms_days,
    cast(demo_customer.annual_revenue as decimal(18, 2)) as annual_revenue_amount,
    cast(
        demo_customer.annual_revenue * (demo_slice(demo_customer.draw, 3) % 21 - 2) // 100
        as decimal(18, 2)
    ) as annual_profit_amount,
    demo_customer.is_dunning_blocked,
    cast(
        demo_setting.until - cast(1 + demo_slice(demo_customer.draw, 4) % 400 as integer)
        as timestamp
    ) + interval 10 hour as updated_at,
from demo_customer
cross join demo_setting
order by demo_customer.customer_no
