-- Countries of customers.
-- Grain: country
-- Reads: include/demo_erp/countries.yaml
-- Writes: demo_country
select
    unnest(
        from_json(
            cast($countries as json),
            '[{
                "country": "varchar", "culture": "varchar", "language": "varchar",
                "time_zone": "varchar", "tax_id": "varchar", "phone": "varchar",
                "companies": ["varchar"], "places": ["varchar"]
            }]'
        ),
        max_depth := 2
    )
