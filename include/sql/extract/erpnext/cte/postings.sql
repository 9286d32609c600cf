-- Wide keys of names are slow to sort and too wide to join on: these are sixteen bytes.
-- Grain: ledger entry
-- Reads: entries
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    entries.*,
    voucher_no = target_no as is_own,
    unhex(md5(concat_ws('/', company, party, account_currency, target_no))) as target_key,
    unhex(md5(concat_ws('/', company, party, account_currency, target_no, voucher_no)))
        as move_key
from entries
