-- Monthly parts of settlement agreements; what is paid of them is cash on account.
-- Grain: agreement_id and instalment_no
-- Reads: demo_agreement_part
-- Writes: agreement_instalment
select
    agreement_id,
    legal_entity_id,
    part as instalment_no,
    due_date,
    demo_amount(part_cents) as amount,
    paid_on,
from demo_agreement_part
order by agreement_id, part
