-- Money that arrived: payment entries and journal entries with a line on a bank or cash account. A receipt
-- is what was credited to the customer: the parts set against documents, each in the document's currency
-- (a further currency makes a further receipt), and the part on account in the ledger's currency.
-- Grain: legal_entity_id, receipt_id
-- Reads: tabPayment Ledger Entry, tabSales Invoice, tabPayment Entry, tabJournal Entry,
--   tabJournal Entry Account, tabAccount, tabCurrency, tabCompany
-- Writes: landing receipt
with entries as (
    select
        company,
        party,
        account_currency,
        posting_date,
        voucher_type,
        voucher_no,
        if(
            against_voucher_type in ('Sales Invoice', 'Journal Entry', 'Payment Entry'),
            against_voucher_no,
            voucher_no
        ) as target_no,
        amount_in_account_currency as amount
    from `tabPayment Ledger Entry`
    where delinked = 0
        and account_type = 'Receivable'
        and party_type = 'Customer'
),

-- Wide keys of names are slow to sort and too wide to join on: these are sixteen bytes.
postings as (
    select
        entries.*,
        voucher_no = target_no as is_own,
        unhex(md5(concat_ws('/', company, party, account_currency, target_no))) as target_key,
        unhex(md5(concat_ws('/', company, party, account_currency, target_no, voucher_no)))
            as move_key
    from entries
),

shared_vouchers as (
    select
        voucher_no,
        count(distinct party) as parties,
        count(distinct account_currency) as currencies
    from postings
    where voucher_type <> 'Sales Invoice'
    group by voucher_no
),

money_journals as (
    select distinct `tabJournal Entry Account`.parent as voucher_no
    from `tabJournal Entry Account`
    inner join tabAccount on tabAccount.name = `tabJournal Entry Account`.account
    where tabAccount.account_type in ('Bank', 'Cash')
),

sales_invoices as (
    select
        name,
        currency,
        if(disable_rounded_total or rounded_total = 0, grand_total, rounded_total)
            as document_total,
        if(
            party_account_currency = currency,
            if(disable_rounded_total or rounded_total = 0, grand_total, rounded_total),
            if(disable_rounded_total or rounded_total = 0, base_grand_total, base_rounded_total)
        ) as ledger_total
    from `tabSales Invoice`
    where docstatus = 1
),

targets as (
    select
        postings.target_key,
        max(postings.company) as company,
        max(postings.party) as party,
        max(postings.account_currency) as account_currency,
        max(postings.target_no) as target_no,
        sum(postings.amount) as open_amount,
        coalesce(max(sales_invoices.currency), max(postings.account_currency)) as currency,
        coalesce(max(sales_invoices.document_total), 1) as document_total,
        coalesce(max(sales_invoices.ledger_total), 1) as ledger_total,
        case
            when max(sales_invoices.document_total) < 0 then 'credit_note'
            when max(sales_invoices.document_total) > 0 then 'invoice'
            when sum(if(postings.is_own, postings.amount, 0)) > 0 then 'invoice'
            when sum(if(postings.is_own, postings.amount, 0)) < 0
                and max(if(postings.is_own, postings.voucher_type, null)) = 'Journal Entry'
                and max(money_journals.voucher_no) is null
                then 'credit_note'
            else 'receipt'
        end as side
    from postings
    left join sales_invoices on sales_invoices.name = postings.target_no
    left join money_journals on money_journals.voucher_no = postings.target_no
    group by postings.target_key
),

moves as (
    select
        max(company) as company,
        max(party) as party,
        max(account_currency) as account_currency,
        max(voucher_type) as voucher_type,
        max(voucher_no) as voucher_no,
        max(target_no) as target_no,
        max(target_key) as target_key,
        min(posting_date) as posting_date,
        sum(amount) as amount
    from postings
    where not is_own
    group by move_key
    having sum(amount) <> 0
),

settlements as (
    select
        moves.*,
        targets.currency,
        targets.side,
        abs(moves.amount) as ledger_amount,
        sum(abs(moves.amount)) over (
            partition by moves.target_key
            order by moves.posting_date, moves.voucher_no
        ) as ledger_amount_so_far,
        targets.document_total,
        targets.ledger_total,
        case
            when tabCurrency.number_format in ('#,###', '#.###') then 0
            when tabCurrency.number_format = '#,###.###' then 3
            else 2
        end as digits
    from moves
    inner join targets on targets.target_key = moves.target_key
    left join tabCurrency on tabCurrency.name = targets.currency
    where (targets.side = 'invoice' and moves.amount < 0)
        or (targets.side = 'credit_note' and moves.amount > 0)
),

rounded_settlements as (
    select
        settlements.*,
        cast(
            round(ledger_amount_so_far * document_total / ledger_total, digits)
            - round(
                (ledger_amount_so_far - ledger_amount) * document_total / ledger_total, digits
            )
            as decimal(21, 3)
        ) as amount_in_currency
    from settlements
),

credited_amounts as (
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
