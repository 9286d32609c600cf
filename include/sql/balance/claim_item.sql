-- Overdue instalments as claims, each with the version of its interest rule that is in force on its
-- contract date or due date, as the rule says; none where no version is. An invoice's own rule goes
-- before its contract's, that before its customer's, and that before the legal entity's.
-- Grain: invoice and instalment
-- Reads: owed_instalment, rule_choice, rule_version, currency
-- Writes: claim_item
with ruled_instalments as (
    select
        owed_instalment.*,
        coalesce(
            of_invoice.rule_name, of_contract.rule_name, of_customer.rule_name, of_entity.rule_name
        ) as rule_name,
    from owed_instalment
    inner join rule_choice as of_entity on of_entity.scope = 'legal_entity'
    left join rule_choice as of_customer
        on of_customer.scope = 'customer_id'
        and owed_instalment.customer_id = of_customer.key
    left join rule_choice as of_contract
        on of_contract.scope = 'purchase_order_ref'
        and owed_instalment.purchase_order_ref = of_contract.key
    left join rule_choice as of_invoice
        on of_invoice.scope = 'invoice_id'
        and owed_instalment.invoice_id = of_invoice.key
    where owed_instalment.due_date < $as_of_date
)

select
    ruled_instalments.item_no as claim_id,
    ruled_instalments.invoice_id,
    ruled_instalments.instalment_no,
    ruled_instalments.due_date,
    ruled_instalments.is_interest_claim,
    ruled_instalments.currency,
    currency.exponent,
    rule_version.rule_id,
    coalesce(rule_version.charges_nothing, false) as charges_nothing,
    cast(
        round(
            cast(
                case
                    when $open_amounts_from_source then ruled_instalments.open_amount
                    else ruled_instalments.amount
                end as decimal(38, 4)
            ) * cast(pow(10, currency.exponent) as integer),
            0
        ) as hugeint
    ) as principal,
from ruled_instalments
inner join currency on ruled_instalments.currency = currency.currency
left join rule_version
    on ruled_instalments.rule_name = rule_version.rule_name
    and ruled_instalments.currency = rule_version.currency
    and case
        when rule_version.is_by_contract_date
            then coalesce(ruled_instalments.contract_date, ruled_instalments.due_date)
        else ruled_instalments.due_date
    end between rule_version.valid_from and rule_version.valid_to
