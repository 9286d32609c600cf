-- Whose turn it is within a round, and how many turns and customers that entity has.
-- Grain: turn (0 to 11)
-- Reads: demo_company, demo_setting
-- Writes: demo_turn
with
turns as (
    select
        unnest(range(len(turns))) as turn,
        unnest(turns) as legal_entity_id,
    from (select any_value(turns) as turns from demo_company)
),

ranked_turns as (
    select
        turn,
        legal_entity_id,
        row_number() over (partition by legal_entity_id order by turn) - 1 as rank_in_round,
        count(*) over (partition by legal_entity_id) as turns_in_round,
        count(*) over () as round_length,
    from turns
),

customer_counts as (
    select
        legal_entity_id,
        sum(customers // round_length + cast(turn < customers % round_length as integer))
            as customers_of_entity,
    from ranked_turns
    cross join demo_setting
    group by legal_entity_id
)

select
    ranked_turns.turn,
    ranked_turns.legal_entity_id,
    ranked_turns.rank_in_round,
    ranked_turns.turns_in_round,
    ranked_turns.round_length,
    cast(customer_counts.customers_of_entity as bigint) as customers_of_entity,
from ranked_turns
inner join customer_counts using (legal_entity_id)
order by ranked_turns.turn
