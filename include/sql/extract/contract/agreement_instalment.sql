-- One due part of a settlement agreement.
-- Grain: legal_entity_id, agreement_id, instalment_no
-- Reads: agreement_instalment
-- Writes: landing agreement_instalment
select * from agreement_instalment
