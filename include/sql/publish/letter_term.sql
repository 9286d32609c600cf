-- What the items of tonight's letters that are not yet due will bear if they are paid late: under the
-- rule of each, from which day, at the rate of tonight. What nobody has confirmed is not said: it is
-- not claimed either.
-- Grain: open item selected that is not yet due and bears something
-- Reads: claim_item, rule_version, interest_rule, rule_day, rule_fee
-- Writes: the outbox
select
    claim_item.invoice_id,
    claim_item.instalment_no,
    case when interest_rule.is_shifted then due_day.next_business_day else due_day.day end
    + interest_rule.offset_days as from_date,
    case
        when not rate_day.needs_confirmation then cast(
            cast(
                rounded(
                    rate_day.day_percent * rule_version.periods_a_year * 1000000,
                    rule_version.percent_unit,
                    'half_up'
                ) as decimal(32, 0)
            ) * cast(0.000001 as decimal(38, 6)) as decimal(18, 6)
        )
    end as annual_rate_percent,
    rule_version.rate_source <> 'rule' as is_floating,
    interest_rule.compounding <> 'none' as is_compounded,
    case
        when interest_rule.needs_confirmation then cast(0 as decimal(38, 4))
        else money(rule_fee.amount // interest_rule.unit, claim_item.exponent)
    end as fixed_fee_amount,
    case
        when interest_rule.needs_confirmation then cast(0 as decimal(18, 6))
        else cast(
            cast(
                rounded(
                    interest_rule.fine_numerator * 100000000,
                    interest_rule.fine_denominator,
                    'half_up'
                ) as decimal(32, 0)
            ) * cast(0.000001 as decimal(38, 6)) as decimal(18, 6)
        )
    end as fine_percent,
    rule_version.legal_basis,
from claim_item
inner join rule_version on claim_item.rule_id = rule_version.rule_id
inner join interest_rule on claim_item.rule_id = interest_rule.rule_id
inner join rule_day as rate_day
    on interest_rule.rule_no = rate_day.rule_no
    and rate_day.day = cast($as_of_date as date)
inner join rule_day as due_day
    on interest_rule.rule_no = due_day.rule_no
    and claim_item.due_date = due_day.day
inner join rule_fee
    on interest_rule.rule_no = rule_fee.rule_no
    and claim_item.principal * interest_rule.unit
    between rule_fee.from_amount and rule_fee.until_amount
where not claim_item.charges_nothing
