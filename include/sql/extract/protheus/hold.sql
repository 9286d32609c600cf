-- Open titles that are with somebody else: discounted at a bank (2, 7), with the lawyer (5), in court
-- (6), or under a settlement (G). A hold ends when the collection status has changed.
-- Grain: hold_id
-- Reads: se1010
-- Writes: landing hold
select
    title_id || '-' || situaca as hold_id,
    '01' as legal_entity_id,
    document_id as invoice_id,
    'collection status ' || situaca as reason,
    issued_on as held_from,
    '2099-12-31' as held_until
from keyed_titles
where side = 'debit'
    and saldo > 0
    and situaca in ('2', '5', '6', '7', 'G')
order by hold_id
