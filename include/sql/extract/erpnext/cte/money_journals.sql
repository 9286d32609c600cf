-- Journal entries that move a bank or cash account.
-- Grain: journal entry
-- Reads: tabJournal Entry Account, tabAccount
-- Writes: nothing; a CTE of the SELECTs beside this folder
select distinct `tabJournal Entry Account`.parent as voucher_no
from `tabJournal Entry Account`
inner join tabAccount on tabAccount.name = `tabJournal Entry Account`.account
where tabAccount.account_type in ('Bank', 'Cash')
