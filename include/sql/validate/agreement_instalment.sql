-- Instalments of agreements, and whether their agreement is known.
-- Grain: landed row
-- Reads: checked, agreement
-- Writes: probe
select
    checked.*,
    agreement.agreement_id is not null as agreement_is_known,
    agreement.customer_id as held_customer_id,
from checked
left join agreement
    on checked.legal_entity_id = agreement.legal_entity_id
    and checked.agreement_id = agreement.agreement_id
