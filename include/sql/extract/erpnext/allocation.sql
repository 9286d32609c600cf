-- What was set against each document, in the document's currency. Amounts that the ledger has in another
-- currency are shares of the document's total, rounded along the way so that the last one closes it.
-- Grain: legal_entity_id, allocation_id
-- Reads: tabPayment Ledger Entry, tabSales Invoice, tabJournal Entry Account, tabAccount, tabCurrency,
--   tabCompany
-- Writes: landing allocation
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

set_offs as (
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
