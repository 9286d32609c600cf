-- How many invoices each legal entity had issued before each year, so that numbers start at 1.
-- Grain: year and legal_entity_id
-- Reads: demo_slot, demo_turn, demo_setting
-- Writes: demo_number_base
with
first_pairs as (
    select
        year(demo_slot.issue_date) as issue_year,
        ((min(demo_slot.slot) * ((any_value(demo_setting.invoices) + 1) // 2)) + 9999) // 10000
            as first_pair,
    from demo_slot
    cross join demo_setting
    group by year(demo_slot.issue_date)
)

select
    first_pairs.issue_year,
    demo_turn.legal_entity_id,
    cast(
        2 * sum(
            first_pairs.first_pair // demo_turn.round_length
            + cast(demo_turn.turn < first_pairs.first_pair % demo_turn.round_length as integer)
        ) as bigint
    ) as numbered_before,
from first_pairs
cross join demo_turn
group by first_pairs.issue_year, demo_turn.legal_entity_id
order by first_pairs.issue_year, demo_turn.legal_entity_id
