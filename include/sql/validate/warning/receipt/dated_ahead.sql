-- The money is of a day to come, as of a post-dated cheque: until that day it pays nothing.
-- Grain: receipt
-- Reads: receipt, night
-- Writes: warning
select receipt.receipt_id as row_key
from receipt
inner join night on receipt.receipt_date > night.known_on
