-- Money that arrived: payment entries and journal entries with a line on a bank or cash account. A receipt
-- is what was credited to the customer: the parts set against documents, each in the document's currency
-- (a further currency makes a further receipt), and the part on account in the ledger's currency.
-- Grain: legal_entity_id, receipt_id
-- Reads: tabPayment Ledger Entry, tabSales Invoice, tabPayment Entry, tabJournal Entry,
--   tabJournal Entry Account, tabAccount, tabCurrency, tabCompany
-- Writes: landing receipt
with credited_amounts as (
    select
        rounded_settlements.company,
        rounded_settlements.party,
        rounded_settlements.account_currency,
        rounded_settlements.voucher_no,
        rounded_settlements.currency,
        rounded_settlements.amount_in_currency as amount,
        rounded_settlements.ledger_amount
    from rounded_settlements
    left join money_journals on money_journals.voucher_no = rounded_settlements.voucher_no
    where rounded_settlements.side = 'invoice'
        and (
            rounded_settlements.voucher_type = 'Payment Entry'
            or money_journals.voucher_no is not null
        )

    union all

    select
        targets.company,
        targets.party,
        targets.account_currency,
        targets.target_no as voucher_no,
        targets.account_currency as currency,
        cast(
            round(
                -targets.open_amount,
                case
                    when tabCurrency.number_format in ('#,###', '#.###') then 0
                    when tabCurrency.number_format = '#,###.###' then 3
                    else 2
                end
            )
            as decimal(21, 3)
        ) as amount,
        -targets.open_amount as ledger_amount
    from targets
    left join tabCurrency on tabCurrency.name = targets.account_currency
    where targets.side = 'receipt'
        and targets.open_amount < 0
),

receipts as (
    select
        company,
        party,
        account_currency,
        voucher_no,
        currency,
        sum(amount) as amount,
        sum(ledger_amount) as ledger_amount
    from credited_amounts
    group by company, party, account_currency, voucher_no, currency
)

select
    concat_ws(
        ' / ',
        receipts.voucher_no,
        if(shared_vouchers.parties > 1, receipts.party, null),
        if(
            shared_vouchers.currencies > 1 or receipts.currency <> receipts.account_currency,
            receipts.currency,
            null
        )
    ) as receipt_id,
    tabCompany.abbr as legal_entity_id,
    receipts.party as customer_id,
    coalesce(`tabPayment Entry`.posting_date, `tabJournal Entry`.posting_date) as receipt_date,
    receipts.currency,
    receipts.amount,
    coalesce(`tabPayment Entry`.reference_no, `tabJournal Entry`.cheque_no) as reference,
    receipts.account_currency as ledger_currency,
    round(receipts.ledger_amount, 4) as ledger_amount,
    `tabPayment Entry`.paid_to_account_currency as received_currency,
    round(`tabPayment Entry`.received_amount, 4) as received_amount
from receipts
inner join tabCompany on tabCompany.name = receipts.company
inner join shared_vouchers on shared_vouchers.voucher_no = receipts.voucher_no
left join `tabPayment Entry` on `tabPayment Entry`.name = receipts.voucher_no
left join `tabJournal Entry` on `tabJournal Entry`.name = receipts.voucher_no
where receipts.amount > 0
