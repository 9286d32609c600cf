-- Overdue instalments as claims, each with the version of the entity's interest rule that is in
-- force on its contract date or due date, as the rule says; none where no version is.
-- Grain: invoice and instalment
-- Reads: owed_instalment, open_invoice, rule_version, currency
-- Writes: claim_item
select
    row_number() over (order by owed_instalment.invoice_id, owed_instalment.instalment_no)
        as claim_id,
    owed_instalment.invoice_id,
    owed_instalment.instalment_no,
    owed_instalment.due_date,
    open_invoice.currency,
    currency.exponent,
    rule_version.rule_id,
    cast(
        round(
            cast(
                case
                    when $open_amounts_from_source then owed_instalment.open_amount
                    else owed_instalment.amount
                end as decimal(38, 4)
            ) * cast(pow(10, currency.exponent) as integer),
            0
        ) as hugeint
    ) as principal,
from owed_instalment
inner join open_invoice on owed_instalment.invoice_id = open_invoice.invoice_id
inner join currency on open_invoice.currency = currency.currency
left join rule_version
    on currency.exponent = rule_version.exponent
    and case
        when rule_version.chosen_by = 'contract_date'
            then coalesce(open_invoice.contract_date, owed_instalment.due_date)
        else owed_instalment.due_date
    end between rule_version.valid_from and rule_version.valid_to
where owed_instalment.due_date < $as_of_date
qualify row_number() over (
    partition by owed_instalment.invoice_id, owed_instalment.instalment_no
    order by rule_version.version_no
) = 1
