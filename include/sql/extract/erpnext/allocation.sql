-- What was set against each document, in the document's currency. Amounts that the ledger has in another
-- currency are shares of the document's total, rounded along the way so that the last one closes it.
-- Grain: legal_entity_id, allocation_id
-- Reads: tabPayment Ledger Entry, tabSales Invoice, tabJournal Entry Account, tabAccount, tabCurrency,
--   tabCompany
-- Writes: landing allocation
with set_offs as (
    select
        rounded_settlements.voucher_no,
        max(if(rounded_settlements.side = 'credit_note', rounded_settlements.target_no, null))
            as credit_note_no
    from rounded_settlements
    left join money_journals on money_journals.voucher_no = rounded_settlements.voucher_no
    where rounded_settlements.voucher_type = 'Journal Entry'
        and money_journals.voucher_no is null
    group by rounded_settlements.voucher_no
    having count(*) = 2
        and sum(rounded_settlements.amount) = 0
        and count(distinct rounded_settlements.side) = 2
        and count(distinct rounded_settlements.currency) = 1
        and count(distinct rounded_settlements.party) = 1
),

sourced_settlements as (
    select
        rounded_settlements.*,
        case
            when rounded_settlements.side = 'credit_note' then 'write_off'
            when rounded_settlements.voucher_type = 'Sales Invoice' then 'credit_note'
            when set_offs.credit_note_no is not null then 'credit_note'
            when rounded_settlements.voucher_type = 'Payment Entry' then 'receipt'
            when money_journals.voucher_no is not null then 'receipt'
            else 'write_off'
        end as source_type,
        coalesce(set_offs.credit_note_no, rounded_settlements.voucher_no) as source_no
    from rounded_settlements
    left join set_offs on set_offs.voucher_no = rounded_settlements.voucher_no
    left join money_journals on money_journals.voucher_no = rounded_settlements.voucher_no
    where rounded_settlements.amount_in_currency <> 0
        and not (rounded_settlements.side = 'credit_note' and set_offs.voucher_no is not null)
)

select
    concat_ws(
        ' / ',
        concat(sourced_settlements.voucher_no, ' > ', sourced_settlements.target_no),
        if(source.parties > 1 or target.parties > 1, sourced_settlements.party, null),
        if(
            source.currencies > 1 or target.currencies > 1,
            sourced_settlements.account_currency,
            null
        )
    ) as allocation_id,
    tabCompany.abbr as legal_entity_id,
    concat_ws(
        ' / ',
        sourced_settlements.target_no,
        if(target.parties > 1, sourced_settlements.party, null),
        if(target.currencies > 1, sourced_settlements.account_currency, null)
    ) as invoice_id,
    sourced_settlements.source_type,
    concat_ws(
        ' / ',
        sourced_settlements.source_no,
        if(source.parties > 1, sourced_settlements.party, null),
        if(
            source.currencies > 1
            or (
                sourced_settlements.source_type = 'receipt'
                and sourced_settlements.currency <> sourced_settlements.account_currency
            ),
            sourced_settlements.currency,
            null
        )
    ) as source_id,
    sourced_settlements.posting_date as allocation_date,
    sourced_settlements.amount_in_currency as amount,
    sourced_settlements.account_currency as ledger_currency,
    round(sourced_settlements.ledger_amount, 4) as ledger_amount
from sourced_settlements
inner join tabCompany on tabCompany.name = sourced_settlements.company
left join shared_vouchers as source on source.voucher_no = sourced_settlements.source_no
left join shared_vouchers as target on target.voucher_no = sourced_settlements.target_no
