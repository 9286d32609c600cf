-- Who stands on a receivable account of which company.
-- Grain: company and party
-- Reads: account_move_line, account_account, account_account_type, account_move
-- Writes: nothing; a CTE of the SELECTs beside this folder
select distinct move.company, coalesce(line.party, 0) as party
from account_move_line as line
inner join account_account as account on line.account = account.id
inner join account_account_type as type on account.type = type.id and type.receivable
inner join account_move as move on line.move = move.id
where move.state = 'posted'
