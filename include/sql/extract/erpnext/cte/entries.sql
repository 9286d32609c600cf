-- What stands on receivable accounts of customers, and the voucher that it is set against.
-- Grain: ledger entry
-- Reads: tabPayment Ledger Entry
-- Writes: nothing; a CTE of the SELECTs beside this folder
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
