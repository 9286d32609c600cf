-- Submitted invoices, their totals in their own and in the ledger's currency.
-- Grain: invoice
-- Reads: tabSales Invoice
-- Writes: nothing; a CTE of the SELECTs beside this folder
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
