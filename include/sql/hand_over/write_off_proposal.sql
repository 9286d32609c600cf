-- Of every item that the policy has no further letter for: what the best way on is worth from here on,
-- and whether a write-off would count for tax. Only what will still be recovered and still be spent
-- enters; nothing that was spent does. Amounts are whole minor units until the end, rounded half up;
-- a fixed cost falls on a customer's items by their amounts, to the last minor unit.
-- Grain: open item of a customer that was decided HAND_OVER_PROPOSED or LADDER_CLIMBED
-- Reads: decision, open_item, currency, recovery_rate, forward_cost, tax_rule
-- Writes: write_off_proposal
with ended_items as (
    select
        decision.as_of_date,
        decision.legal_entity_id,
        decision.invoice_id,
        decision.instalment_no,
        decision.customer_id,
        decision.currency,
        decision.due_date,
        decision.days_past_due,
        decision.dunning_exposure_amount,
        currency.exponent,
        cast(
            cast(decision.dunning_exposure_amount as decimal(32, 4))
            * cast(pow(10, currency.exponent) as decimal(5, 0)) as hugeint
        ) as principal_minor,
    from decision
    inner join currency on decision.currency = currency.currency
    where decision.reason_code in ('HAND_OVER_PROPOSED', 'LADDER_CLIMBED')
        and decision.dunning_exposure_amount > 0
),

running_items as (
    select
        ended_items.*,
        coalesce(sum(ended_items.principal_minor) over older_items, 0) as before_minor,
        sum(ended_items.principal_minor) over (
            partition by ended_items.customer_id, ended_items.currency
        ) as case_minor,
    from ended_items
    window older_items as (
        partition by ended_items.customer_id, ended_items.currency
        order by ended_items.due_date, ended_items.invoice_id, ended_items.instalment_no
        rows between unbounded preceding and 1 preceding
    )
),

-- Rates are in hundredths of a per cent, so that 10000 of them are the whole.
recovered_items as (
    select
        running_items.*,
        forward_cost.way,
        forward_cost.way_no,
        forward_cost.success_rate,
        forward_cost.claim_rate,
        forward_cost.fixed_minor,
        recovery_rate.recovery_class,
        recovery_rate.recovery_rate,
        (running_items.principal_minor * recovery_rate.recovery_rate + 5000) // 10000
            as recovered_minor,
    from running_items
    inner join forward_cost on running_items.currency = forward_cost.currency
    inner join recovery_rate
        on forward_cost.way = recovery_rate.way
        and running_items.days_past_due
        between recovery_rate.days_from and recovery_rate.days_until
),

valued_items as (
    select
        recovered_items.*,
        (recovered_items.recovered_minor * recovered_items.success_rate + 5000) // 10000
        + (recovered_items.principal_minor * recovered_items.claim_rate + 5000) // 10000
        + (
            2 * recovered_items.fixed_minor
            * (recovered_items.before_minor + recovered_items.principal_minor)
            + recovered_items.case_minor
        ) // (2 * recovered_items.case_minor)
        - (
            2 * recovered_items.fixed_minor * recovered_items.before_minor
            + recovered_items.case_minor
        ) // (2 * recovered_items.case_minor) as cost_minor,
    from recovered_items
),

case_values as (
    select
        valued_items.customer_id,
        valued_items.currency,
        valued_items.way,
        valued_items.way_no,
        sum(valued_items.recovered_minor - valued_items.cost_minor) as value_minor,
    from valued_items
    group by
        valued_items.customer_id, valued_items.currency, valued_items.way, valued_items.way_no
),

best_ways as (
    select case_values.*
    from case_values
    qualify row_number() over (
        partition by case_values.customer_id, case_values.currency
        order by case_values.value_minor desc, case_values.way_no
    ) = 1
),

operations as (
    select open_item.invoice_id, sum(open_item.open_amount) as operation_amount
    from open_item
    where open_item.document_type <> 'interest_claim'
        and open_item.invoice_id in (select ended_items.invoice_id from ended_items)
    group by open_item.invoice_id
),

taxed_items as (
    select
        ended_items.invoice_id,
        ended_items.instalment_no,
        operations.operation_amount,
        tax_rule.rule_id,
        tax_rule.tax,
        tax_rule.legal_basis,
        tax_rule.requires,
        tax_rule.needs_confirmation,
        ended_items.due_date + to_months(tax_rule.overdue_months) + to_days(tax_rule.overdue_days)
        < ended_items.as_of_date as is_overdue_enough,
    from ended_items
    inner join operations on ended_items.invoice_id = operations.invoice_id
    inner join tax_rule
        on ended_items.due_date >= tax_rule.valid_from
        and ended_items.due_date < coalesce(tax_rule.valid_until, date '9999-12-31')
        and coalesce(tax_rule.currency = ended_items.currency, true)
        and operations.operation_amount > coalesce(tax_rule.amount_over, 0)
        and coalesce(operations.operation_amount <= tax_rule.amount_max, true)
)

select
    ended_items.as_of_date,
    ended_items.legal_entity_id,
    ended_items.invoice_id,
    ended_items.instalment_no,
    ended_items.customer_id,
    ended_items.currency,
    ended_items.days_past_due,
    cast(ended_items.dunning_exposure_amount as decimal(38, 4)) as principal_amount,
    case
        when best_ways.way is null then 'undecided'
        when best_ways.value_minor > 0 then best_ways.way
        else 'write_off'
    end as proposal,
    best_ways.way as best_way,
    valued_items.recovery_class,
    cast(valued_items.recovery_rate * cast(0.01 as decimal(3, 2)) as decimal(18, 10))
        as recovery_percent,
    money(valued_items.recovered_minor, ended_items.exponent) as recovery_amount,
    money(valued_items.cost_minor, ended_items.exponent) as forward_cost_amount,
    money(valued_items.recovered_minor - valued_items.cost_minor, ended_items.exponent)
        as forward_value_amount,
    money(best_ways.value_minor, ended_items.exponent) as case_value_amount,
    taxed_items.rule_id as tax_rule_id,
    taxed_items.tax,
    case
        when not taxed_items.is_overdue_enough then false
        when taxed_items.requires in ('nothing', 'collection_continued') then true
    end as is_tax_eligible,
    taxed_items.requires as tax_requires,
    taxed_items.legal_basis as tax_legal_basis,
    taxed_items.needs_confirmation as tax_needs_confirmation,
    $parameters_version as parameters_version,
from ended_items
left join best_ways
    on ended_items.customer_id = best_ways.customer_id
    and ended_items.currency = best_ways.currency
left join valued_items
    on ended_items.invoice_id = valued_items.invoice_id
    and ended_items.instalment_no = valued_items.instalment_no
    and best_ways.way = valued_items.way
left join taxed_items
    on ended_items.invoice_id = taxed_items.invoice_id
    and ended_items.instalment_no = taxed_items.instalment_no
