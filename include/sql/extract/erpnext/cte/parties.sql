-- Who was ever billed or stands in the ledger of which company.
-- Grain: company and customer
-- Reads: tabSales Invoice, tabPayment Ledger Entry
-- Writes: nothing; a CTE of the SELECTs beside this folder
select company, customer as party
from `tabSales Invoice`
where docstatus in (1, 2)

union

select company, party
from `tabPayment Ledger Entry`
where account_type = 'Receivable' and party_type = 'Customer'
