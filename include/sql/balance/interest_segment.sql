-- Simple interest, ACT/365, on what was open from the day after the due date to the day itself; a
-- payment lowers the base from the day after it. Each segment is rounded half up to the minor unit.
-- Grain: open item and run of days with one base
-- Reads: owed_instalment, open_invoice, allocation_applied, interest_rule, currency
-- Writes: interest_segment
with base_changes as (
    select
        owed_instalment.invoice_id,
        owed_instalment.instalment_no,
        owed_instalment.due_date + 1 as from_date,
        case
            when $open_amounts_from_source then owed_instalment.open_amount
            else owed_instalment.amount
        end as change_amount,
    from owed_instalment
    where owed_instalment.due_date < $as_of_date

    union all

    select
        owed_instalment.invoice_id,
        owed_instalment.instalment_no,
        greatest(allocation_applied.allocation_date, owed_instalment.due_date) + 1 as from_date,
        -allocation_applied.applied_amount as change_amount,
    from owed_instalment
    inner join allocation_applied
        on owed_instalment.invoice_id = allocation_applied.invoice_id
        and owed_instalment.instalment_no = allocation_applied.instalment_no
    where owed_instalment.due_date < $as_of_date
        and not $open_amounts_from_source
),

daily_changes as (
    select
        base_changes.invoice_id,
        base_changes.instalment_no,
        base_changes.from_date,
        sum(base_changes.change_amount) as change_amount,
    from base_changes
    group by base_changes.invoice_id, base_changes.instalment_no, base_changes.from_date
),

segments as (
    select
        daily_changes.invoice_id,
        daily_changes.instalment_no,
        daily_changes.from_date,
        coalesce(
            lead(daily_changes.from_date) over items - 1,
            cast($as_of_date as date)
        ) as until_date,
        sum(daily_changes.change_amount) over items as base_amount,
    from daily_changes
    window items as (
        partition by daily_changes.invoice_id, daily_changes.instalment_no
        order by daily_changes.from_date
    )
),

counted_segments as (
    select
        segments.*,
        open_invoice.customer_id,
        open_invoice.currency,
        currency.exponent,
        interest_rule.*,
        segments.until_date - segments.from_date + 1 as days,
    from segments
    inner join open_invoice on segments.invoice_id = open_invoice.invoice_id
    inner join currency on open_invoice.currency = currency.currency
    cross join interest_rule
    where segments.from_date <= segments.until_date
        and segments.base_amount > 0
        and interest_rule.annual_percent > 0
),

-- Whole numbers throughout: amounts in ten-thousandths, the rate in millionths of a per cent.
fractions as (
    select
        counted_segments.*,
        cast(cast(counted_segments.base_amount as decimal(38, 4)) * 10000 as hugeint)
        * cast(cast(counted_segments.annual_percent as decimal(38, 6)) * 1000000 as hugeint)
        * counted_segments.days as numerator,
        cast(365 as hugeint) * 100 * 1000000
        * cast(pow(10, 4 - counted_segments.exponent) as hugeint) as denominator,
        cast(pow(10, 4 - counted_segments.exponent) as hugeint) as minor_unit,
    from counted_segments
)

select
    cast($as_of_date as date) as as_of_date,
    $legal_entity_id as legal_entity_id,
    fractions.invoice_id,
    fractions.instalment_no,
    cast(
        row_number() over (
            partition by fractions.invoice_id, fractions.instalment_no
            order by fractions.from_date
        ) as integer
    ) as segment_no,
    fractions.from_date,
    fractions.until_date,
    fractions.days,
    fractions.currency,
    cast(fractions.base_amount as decimal(18, 4)) as base_amount,
    cast(fractions.annual_percent as decimal(18, 6)) as annual_rate_percent,
    cast(
        cast(
            (2 * fractions.numerator + fractions.denominator) // (2 * fractions.denominator)
            * fractions.minor_unit as decimal(34, 0)
        ) * cast(0.0001 as decimal(38, 4)) as decimal(38, 4)
    ) as interest_amount,
    fractions.rule_id,
    'settings' as rate_source,
    fractions.legal_basis,
from fractions
