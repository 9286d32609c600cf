-- What each other voucher moved of a target.
-- Grain: target and voucher
-- Reads: postings
-- Writes: nothing; a CTE of the SELECTs beside this folder
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
