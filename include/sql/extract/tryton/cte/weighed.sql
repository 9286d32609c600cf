-- What each line of a reconciliation counts for in it: its amount, or its balance where currencies
-- meet.
-- Grain: line of a reconciliation
-- Reads: member
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    member.*,
    case
        when not member.is_of_one_currency then member.balance
        when member.currency_id = member.common_currency_id then member.amount
        else 0
    end as weight
from member
