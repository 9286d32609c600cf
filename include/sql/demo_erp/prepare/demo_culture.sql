-- Words by language of business.
-- Grain: culture
-- Reads: include/demo_erp/cultures.yaml
-- Writes: demo_culture
select
    unnest(
        from_json(
            cast($cultures as json),
            '[{
                "culture": "varchar", "mailbox": "varchar", "surnames": ["varchar"],
                "given_names": ["varchar"], "trades": ["varchar"], "streets": ["varchar"],
                "goods": ["varchar"], "services": ["varchar"]
            }]'
        ),
        max_depth := 2
    )
