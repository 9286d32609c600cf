-- A settlement agreement or payment plan.
-- Grain: legal_entity_id, agreement_id
-- Reads: agreement
-- Writes: landing agreement
select * from agreement
