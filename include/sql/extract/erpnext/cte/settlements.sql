-- What settles invoices and credit notes, with the sums so far.
-- Grain: target and voucher
-- Reads: moves, targets, tabCurrency
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    moves.*,
    targets.currency,
    targets.side,
    abs(moves.amount) as ledger_amount,
    sum(abs(moves.amount)) over (
        partition by moves.target_key
        order by moves.posting_date, moves.voucher_no
    ) as ledger_amount_so_far,
    targets.document_total,
    targets.ledger_total,
    case
        when tabCurrency.number_format in ('#,###', '#.###') then 0
        when tabCurrency.number_format = '#,###.###' then 3
        else 2
    end as digits
from moves
inner join targets on targets.target_key = moves.target_key
left join tabCurrency on tabCurrency.name = targets.currency
where (targets.side = 'invoice' and moves.amount < 0)
    or (targets.side = 'credit_note' and moves.amount > 0)
