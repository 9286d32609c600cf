-- The ABC class of each customer that can be compared: the first customers that bring a share of the
-- value between them, the one that crosses the line among them. Who stands in two currencies gets
-- the better class; who brings nothing, or less, the last.
-- Grain: customer
-- Reads: abc_value, abc_share
-- Writes: abc
with running_values as (
    select
        abc_value.*,
        coalesce(sum(greatest(abc_value.amount, 0)) over (
            partition by abc_value.currency
            order by abc_value.amount desc, abc_value.customer_id
            rows between unbounded preceding and 1 preceding
        ), 0) as amount_before,
        sum(greatest(abc_value.amount, 0)) over (partition by abc_value.currency) as total_amount,
    from abc_value
    where abc_value.amount is not null
),

classed_values as (
    select
        running_values.customer_id,
        running_values.currency,
        any_value(running_values.abc_basis) as abc_basis,
        any_value(running_values.amount) as amount,
        any_value(quotient(
            100 * (running_values.amount_before + greatest(running_values.amount, 0)),
            running_values.total_amount,
            2
        )) as cumulated_percent,
        coalesce(min(abc_share.class_no), (select max(class_no) from abc_share)) as class_no,
    from running_values
    left join abc_share
        on running_values.amount_before * 100
        < abc_share.percent_until * running_values.total_amount
    group by running_values.customer_id, running_values.currency
),

best_values as (
    select
        classed_values.*,
        row_number() over (
            partition by classed_values.customer_id
            order by classed_values.class_no, classed_values.currency
        ) as rank_no,
    from classed_values
)

select
    best_values.* exclude (rank_no),
    abc_share.abc_class,
    abc_share.percent_until,
from best_values
inner join abc_share on best_values.class_no = abc_share.class_no
where best_values.rank_no = 1
