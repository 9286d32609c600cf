-- Whom to write to: the customer's own e-mail address, the first if there are several.
-- Grain: contact_id
-- Reads: sa1010
-- Writes: landing contact
select
    trim(a1_cod) || '-' || trim(a1_loja) as contact_id,
    trim(a1_cod) || '-' || trim(a1_loja) as customer_id,
    '01' as legal_entity_id,
    'accounts_payable' as role,
    coalesce(nullif(trim(a1_contato), ''), trim(a1_nome)) as name,
    trim(split_part(a1_email, ';', 1)) as email,
    trim(coalesce(trim(a1_ddd), '') || ' ' || coalesce(trim(a1_tel), '')) as phone,
    coalesce(trim(a1_end), '') || ', ' || coalesce(trim(a1_cep), '') || ' '
    || coalesce(trim(a1_mun), '') || ', ' || coalesce(trim(a1_est), '') as postal_address,
    case when trim(a1_est) = 'EX' then null else 'pt-BR' end as language
from sa1010
where coalesce(trim(d_e_l_e_t_), '') = ''
order by contact_id
