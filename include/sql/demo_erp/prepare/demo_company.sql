-- The legal entities as described, and the order in which they take their turns.
-- Grain: legal_entity_id
-- Reads: include/demo_erp/company.yaml
-- Writes: demo_company
select
    unnest(
        from_json(
            cast($entities as json),
            '[{
                "legal_entity_id": "varchar", "currency": "varchar", "account": "varchar",
                "amount_factor": "bigint", "salespeople": ["varchar"],
                "countries": {"first": ["varchar"], "then": ["varchar"]},
                "currencies": "map(varchar, varchar)", "payment_terms_days": ["bigint"]
            }]'
        ),
        max_depth := 2
    ),
    from_json(cast($turns as json), '["varchar"]') as turns
