-- The payment schedule of invoices, or their due date where they have none. What ERPNext says is open of
-- the invoice lies on the latest instalments, for the oldest is paid first; a payment that is drafted but
-- not submitted is under way. The first instalment bears what an advance or rounding took off the schedule.
-- Grain: legal_entity_id, invoice_id, instalment_no
-- Reads: tabSales Invoice, tabPayment Schedule, tabPayment Ledger Entry, tabPayment Entry,
--   tabPayment Entry Reference, tabCurrency, tabCompany
-- Writes: landing instalment
with ledger_amounts as (
    select
        against_voucher_no as invoice_no,
        party,
        account_currency,
        sum(if(voucher_no = against_voucher_no, amount_in_account_currency, 0)) as own_amount,
        sum(
            if(
                voucher_no <> against_voucher_no and amount_in_account_currency > 0,
                amount_in_account_currency,
                0
            )
        ) as raised_amount
    from `tabPayment Ledger Entry`
    where delinked = 0
        and account_type = 'Receivable'
        and party_type = 'Customer'
        and against_voucher_type = 'Sales Invoice'
    group by against_voucher_no, party, account_currency
),

drafted_payments as (
    select
        `tabPayment Entry Reference`.reference_name as invoice_no,
        sum(`tabPayment Entry Reference`.allocated_amount) as drafted_amount
    from `tabPayment Entry Reference`
    inner join `tabPayment Entry`
        on `tabPayment Entry`.name = `tabPayment Entry Reference`.parent
    where `tabPayment Entry`.docstatus = 0
        and `tabPayment Entry`.payment_type = 'Receive'
        and `tabPayment Entry Reference`.reference_doctype = 'Sales Invoice'
    group by `tabPayment Entry Reference`.reference_name
),

sales_invoices as (
    select
        `tabSales Invoice`.*,
        if(disable_rounded_total or rounded_total = 0, grand_total, rounded_total)
            as document_total,
        if(
            party_account_currency = currency,
            if(disable_rounded_total or rounded_total = 0, grand_total, rounded_total),
            if(disable_rounded_total or rounded_total = 0, base_grand_total, base_rounded_total)
        ) as ledger_total,
        case
            when tabCurrency.number_format in ('#,###', '#.###') then 0
            when tabCurrency.number_format = '#,###.###' then 3
            else 2
        end as digits
    from `tabSales Invoice`
    left join tabCurrency on tabCurrency.name = `tabSales Invoice`.currency
    where `tabSales Invoice`.docstatus = 1
),

amounts as (
    select
        sales_invoices.name as invoice_no,
        sales_invoices.company,
        sales_invoices.posting_date,
        sales_invoices.due_date,
        sales_invoices.digits,
        sales_invoices.party_account_currency as ledger_currency,
        sales_invoices.outstanding_amount as ledger_open_amount,
        round(
            (ledger_amounts.own_amount + ledger_amounts.raised_amount)
            * sales_invoices.document_total / sales_invoices.ledger_total,
            sales_invoices.digits
        ) as gross_amount,
        round(
            ledger_amounts.own_amount
            * sales_invoices.document_total / sales_invoices.ledger_total,
            sales_invoices.digits
        ) as scheduled_amount,
        round(
            (
                ledger_amounts.own_amount
                + ledger_amounts.raised_amount
                - sales_invoices.outstanding_amount
            ) * sales_invoices.document_total / sales_invoices.ledger_total,
            sales_invoices.digits
        ) as settled_amount,
        round(
            coalesce(drafted_payments.drafted_amount, 0)
            * sales_invoices.document_total / sales_invoices.ledger_total,
            sales_invoices.digits
        ) as drafted_amount,
        round(
            sales_invoices.total_advance
            * sales_invoices.document_total / sales_invoices.ledger_total,
            sales_invoices.digits
        ) as advance_amount
    from sales_invoices
    inner join ledger_amounts
        on ledger_amounts.invoice_no = sales_invoices.name
        and ledger_amounts.party = sales_invoices.customer
        and ledger_amounts.account_currency = sales_invoices.party_account_currency
    left join drafted_payments on drafted_payments.invoice_no = sales_invoices.name
    where sales_invoices.document_total > 0
        and ledger_amounts.own_amount + ledger_amounts.raised_amount > 0
),

terms as (
    select
        amounts.*,
        coalesce(`tabPayment Schedule`.due_date, amounts.due_date, amounts.posting_date)
            as term_due_date,
        coalesce(
            round(`tabPayment Schedule`.payment_amount, amounts.digits), amounts.scheduled_amount
        ) as term_amount,
        row_number() over in_order as instalment_no,
        sum(round(`tabPayment Schedule`.payment_amount, amounts.digits)) over (
            partition by amounts.invoice_no
        ) as terms_amount,
        count(*) over (partition by amounts.invoice_no) as terms
    from amounts
    left join `tabPayment Schedule`
        on `tabPayment Schedule`.parent = amounts.invoice_no
        and `tabPayment Schedule`.parenttype = 'Sales Invoice'
        and `tabPayment Schedule`.payment_amount > 0
    window in_order as (
        partition by amounts.invoice_no
        order by `tabPayment Schedule`.due_date, `tabPayment Schedule`.idx
    )
),

instalments as (
    select
        terms.*,
        term_amount
        + case
            when instalment_no = 1
                and scheduled_amount - terms_amount
                between -0.1 - terms * power(10, -digits)
                and advance_amount + 0.1 + terms * power(10, -digits)
                then scheduled_amount - terms_amount
            else 0
        end
        + if(instalment_no = terms, gross_amount - scheduled_amount, 0) as amount
    from terms
),

later_amounts as (
    select
        instalments.*,
        gross_amount - settled_amount as open_amount,
        coalesce(
            sum(amount) over (
                partition by invoice_no
                order by instalment_no desc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as later_amount
    from instalments
),

open_instalments as (
    select
        later_amounts.*,
        case
            when instalment_no = 1 and open_amount < 0 then open_amount
            when instalment_no = 1 then greatest(open_amount - later_amount, 0)
            else greatest(least(amount, open_amount - later_amount), 0)
        end as open_part
    from later_amounts
)

select
    open_instalments.invoice_no as invoice_id,
    tabCompany.abbr as legal_entity_id,
    open_instalments.instalment_no,
    open_instalments.term_due_date as due_date,
    cast(open_instalments.amount as decimal(21, 3)) as amount,
    cast(open_instalments.open_part as decimal(21, 3)) as open_amount,
    cast(
        greatest(
            least(
                open_instalments.open_part,
                open_instalments.drafted_amount
                - coalesce(
                    sum(open_instalments.open_part) over (
                        partition by open_instalments.invoice_no
                        order by open_instalments.instalment_no
                        rows between unbounded preceding and 1 preceding
                    ),
                    0
                )
            ),
            0
        )
        as decimal(21, 3)
    ) as in_transit_amount
from open_instalments
inner join tabCompany on tabCompany.name = open_instalments.company
