-- What of each debit was settled by which credit, where their spans overlap; rounded once each.
-- Grain: debit line and credit line
-- Reads: span, account_move_reconciliation, currency_currency
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    debit.reconciliation,
    debit.legal_entity_id,
    debit.id as debit_id,
    debit.document_id as invoice_id,
    debit.amount as debit_amount,
    debit.currency_id,
    credit.id as credit_id,
    credit.document_id as source_id,
    credit.is_receipt as is_receipt,
    credit.is_document as is_credit_note,
    credit.currency_id = debit.currency_id as is_of_one_currency,
    case
        when credit.paid_invoice_id is not null then greatest(credit.billed_on, debit.billed_on)
        else reconciliation.date
    end as allocation_date,
    round(
        (
            least(debit.weight_until, credit.weight_until)
            - debit.weight_until + debit.weight
        ) * debit.amount / debit.weight,
        currency.digits
    ) - round(
        (
            greatest(debit.weight_until - debit.weight, credit.weight_until + credit.weight)
            - debit.weight_until + debit.weight
        ) * debit.amount / debit.weight,
        currency.digits
    ) as amount
from span as debit
inner join span as credit
    on debit.reconciliation = credit.reconciliation
    and debit.weight > 0
    and credit.weight < 0
    and debit.weight_until > credit.weight_until + credit.weight
    and credit.weight_until > debit.weight_until - debit.weight
inner join account_move_reconciliation as reconciliation
    on debit.reconciliation = reconciliation.id
inner join currency_currency as currency on debit.currency_id = currency.id
where debit.is_document
