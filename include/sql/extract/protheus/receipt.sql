-- Money: what was received on titles, without the interest and fine in it, and advances (RA).
-- Grain: receipt_id
-- Reads: se1010, se5010
-- Writes: landing receipt
select
    movements.recno as receipt_id,
    '01' as legal_entity_id,
    movements.customer_id,
    movements.moved_on as receipt_date,
    movements.currency,
    movements.principal as amount,
    movements.title_id as reference,
    movements.juros as interest_received_amount,
    movements.multa as fine_received_amount
from movements
where movements.side = 'debit'
    and movements.means = 'money'
    and movements.principal > 0

union all

select
    keyed_titles.title_id as receipt_id,
    '01' as legal_entity_id,
    keyed_titles.customer_id,
    keyed_titles.issued_on as receipt_date,
    keyed_titles.currency,
    keyed_titles.amount,
    keyed_titles.hist as reference,
    cast(0 as decimal(16, 2)) as interest_received_amount,
    cast(0 as decimal(16, 2)) as fine_received_amount
from keyed_titles
where keyed_titles.side = 'receipt'
order by receipt_id
