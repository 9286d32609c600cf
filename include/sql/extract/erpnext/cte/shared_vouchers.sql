-- Vouchers other than invoices, and among how many customers and currencies each is shared.
-- Grain: voucher
-- Reads: postings
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    voucher_no,
    count(distinct party) as parties,
    count(distinct account_currency) as currencies
from postings
where voucher_type <> 'Sales Invoice'
group by voucher_no
