-- The parts of a settlement agreement do not sum to what was agreed: the parts count.
-- Grain: agreement
-- Reads: agreement, agreement_instalment
-- Writes: warning
with agreed_parts as (
    select agreement_instalment.agreement_id, sum(agreement_instalment.amount) as amount
    from agreement_instalment
    group by agreement_instalment.agreement_id
)

select agreement.agreement_id as row_key
from agreement
inner join agreed_parts on agreement.agreement_id = agreed_parts.agreement_id
where agreement.closed_amount <> agreed_parts.amount
