-- What vouchers are set against, what is open of each, and whether it is an invoice, a credit note or
-- money.
-- Grain: voucher set against
-- Reads: postings, sales_invoices, money_journals
-- Writes: nothing; a CTE of the SELECTs beside this folder
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
