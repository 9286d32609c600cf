-- Invoices that the ledger keeps in another currency than their own and that are settled in part: what is
-- open in their own currency can only be derived, so no letter asks for it until a person has looked.
-- Grain: legal_entity_id, hold_id
-- Reads: tabSales Invoice, tabPayment Ledger Entry, tabCompany
-- Writes: landing hold
select
    `tabSales Invoice`.name as hold_id,
    tabCompany.abbr as legal_entity_id,
    `tabSales Invoice`.name as invoice_id,
    concat(
        'settled in part in ',
        `tabSales Invoice`.party_account_currency,
        ': what is open in ',
        `tabSales Invoice`.currency,
        ' is derived'
    ) as reason,
    min(`tabPayment Ledger Entry`.posting_date) as held_from,
    '2099-12-31' as held_until
from `tabSales Invoice`
inner join `tabPayment Ledger Entry`
    on `tabPayment Ledger Entry`.against_voucher_type = 'Sales Invoice'
    and `tabPayment Ledger Entry`.against_voucher_no = `tabSales Invoice`.name
    and `tabPayment Ledger Entry`.voucher_no <> `tabSales Invoice`.name
    and `tabPayment Ledger Entry`.delinked = 0
    and `tabPayment Ledger Entry`.amount_in_account_currency <> 0
inner join tabCompany on tabCompany.name = `tabSales Invoice`.company
where `tabSales Invoice`.docstatus = 1
    and `tabSales Invoice`.currency <> `tabSales Invoice`.party_account_currency
    and `tabSales Invoice`.outstanding_amount > 0
group by
    `tabSales Invoice`.name,
    tabCompany.abbr,
    `tabSales Invoice`.party_account_currency,
    `tabSales Invoice`.currency
