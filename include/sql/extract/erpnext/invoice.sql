-- Sales invoices, credit notes and debit notes, submitted or cancelled, and the entries of journals and
-- payments that stand for themselves: a debit owes like a debit note, a credit of no money like a credit
-- note. The amount is in the document's currency; what the ledger says is kept beside it.
-- Grain: legal_entity_id, invoice_id
-- Reads: tabSales Invoice, tabSales Invoice Item, tabPayment Ledger Entry, tabJournal Entry,
--   tabJournal Entry Account, tabPayment Entry, tabAccount, tabCurrency, tabCompany
-- Writes: landing invoice
with entries as (
    select
        company,
        party,
        account_currency,
        posting_date,
        due_date,
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
        unhex(md5(concat_ws('/', company, party, account_currency, target_no))) as target_key
    from entries
),

targets as (
    select
        target_key,
        max(company) as company,
        max(party) as party,
        max(account_currency) as account_currency,
        max(target_no) as target_no,
        max(if(is_own, voucher_type, null)) as target_type,
        min(if(is_own, posting_date, null)) as posting_date,
        max(if(is_own, due_date, null)) as due_date,
        sum(if(is_own, amount, 0)) as own_amount,
        sum(if(not is_own and amount > 0, amount, 0)) as raised_amount,
        sum(if(not is_own and amount < 0, amount, 0)) as lowered_amount,
        sum(amount) as open_amount
    from postings
    group by target_key
),

moved_amounts as (
    select voucher_no, sum(amount) as moved_amount
    from postings
    where not is_own
        and voucher_type = 'Sales Invoice'
    group by voucher_no
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

items as (
    select
        parent,
        left(group_concat(distinct item_name order by idx separator ', '), 500) as description,
        group_concat(distinct nullif(delivery_note, '') order by idx separator ';')
            as delivery_refs
    from `tabSales Invoice Item`
    group by parent
),

sales_invoices as (
    select
        `tabSales Invoice`.*,
        unhex(md5(concat_ws('/', company, customer, party_account_currency, name))) as target_key,
        if(disable_rounded_total or rounded_total = 0, grand_total, rounded_total)
            as document_total,
        if(
            party_account_currency = currency,
            if(disable_rounded_total or rounded_total = 0, grand_total, rounded_total),
            if(disable_rounded_total or rounded_total = 0, base_grand_total, base_rounded_total)
        ) as ledger_total
    from `tabSales Invoice`
    where docstatus in (1, 2)
),

documents as (
    select
        sales_invoices.name as invoice_id,
        sales_invoices.company,
        sales_invoices.customer,
        sales_invoices.name as invoice_number,
        case
            when sales_invoices.document_total < 0 then 'credit_note'
            when sales_invoices.is_debit_note then 'debit_note'
            else 'invoice'
        end as document_type,
        sales_invoices.posting_date,
        sales_invoices.due_date,
        sales_invoices.currency,
        case
            when sales_invoices.docstatus = 2 then abs(sales_invoices.document_total)
            when sales_invoices.document_total < 0 then -(
                coalesce(targets.own_amount + targets.lowered_amount, 0)
                + coalesce(moved_amounts.moved_amount, 0)
            ) * sales_invoices.document_total / sales_invoices.ledger_total
            else (targets.own_amount + targets.raised_amount)
                * sales_invoices.document_total / sales_invoices.ledger_total
        end as gross_amount,
        if(sales_invoices.docstatus = 2, 'cancelled', 'posted') as status,
        items.description,
        sales_invoices.po_no as purchase_order_ref,
        items.delivery_refs,
        sales_invoices.return_against,
        sales_invoices.amended_from,
        sales_invoices.party_account_currency as ledger_currency,
        if(sales_invoices.docstatus = 2, 0, coalesce(targets.open_amount, 0))
            as ledger_open_amount
    from sales_invoices
    left join targets
        on targets.target_key = sales_invoices.target_key
    left join moved_amounts on moved_amounts.voucher_no = sales_invoices.name
    left join items on items.parent = sales_invoices.name

    union all

    select
        concat_ws(
            ' / ',
            targets.target_no,
            if(shared_vouchers.parties > 1, targets.party, null),
            if(shared_vouchers.currencies > 1, targets.account_currency, null)
        ) as invoice_id,
        targets.company,
        targets.party as customer,
        targets.target_no as invoice_number,
        if(
            targets.own_amount < 0
            and targets.target_type = 'Journal Entry'
            and money_journals.voucher_no is null,
            'credit_note',
            'debit_note'
        ) as document_type,
        targets.posting_date,
        coalesce(targets.due_date, targets.posting_date) as due_date,
        targets.account_currency as currency,
        case
            when targets.own_amount > 0 then targets.own_amount + targets.raised_amount
            when targets.target_type = 'Journal Entry' and money_journals.voucher_no is null
                then -(targets.own_amount + targets.lowered_amount)
            else targets.open_amount
        end as gross_amount,
        'posted' as status,
        coalesce(`tabJournal Entry`.user_remark, `tabPayment Entry`.reference_no) as description,
        null as purchase_order_ref,
        null as delivery_refs,
        null as return_against,
        null as amended_from,
        targets.account_currency as ledger_currency,
        targets.open_amount as ledger_open_amount
    from targets
    inner join shared_vouchers on shared_vouchers.voucher_no = targets.target_no
    left join money_journals on money_journals.voucher_no = targets.target_no
    left join `tabJournal Entry`
        on `tabJournal Entry`.name = targets.target_no
        and targets.target_type = 'Journal Entry'
    left join `tabPayment Entry`
        on `tabPayment Entry`.name = targets.target_no
        and targets.target_type = 'Payment Entry'
    where targets.target_type <> 'Sales Invoice'
        and (
            targets.own_amount > 0
            or targets.open_amount > 0
            or (
                targets.target_type = 'Journal Entry'
                and targets.own_amount < 0
                and money_journals.voucher_no is null
            )
        )
)

select
    documents.invoice_id,
    tabCompany.abbr as legal_entity_id,
    documents.customer as customer_id,
    documents.invoice_number,
    documents.document_type,
    documents.posting_date as issue_date,
    documents.posting_date,
    documents.currency,
    cast(
        round(
            documents.gross_amount,
            case
                when tabCurrency.number_format in ('#,###', '#.###') then 0
                when tabCurrency.number_format = '#,###.###' then 3
                else 2
            end
        )
        as decimal(21, 3)
    ) as gross_amount,
    documents.due_date,
    documents.status,
    documents.description,
    documents.purchase_order_ref,
    documents.delivery_refs,
    documents.return_against,
    documents.amended_from,
    documents.ledger_currency,
    round(documents.ledger_open_amount, 4) as ledger_open_amount
from documents
inner join tabCompany on tabCompany.name = documents.company
left join tabCurrency on tabCurrency.name = documents.currency
where round(documents.gross_amount, 3) > 0
