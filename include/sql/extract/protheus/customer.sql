-- Customers: a code and a store (loja) each; of state EX if they are abroad.
-- Grain: customer_id
-- Reads: sa1010, sa3010
-- Writes: landing customer
select
    trim(a1_cod) || '-' || trim(a1_loja) as customer_id,
    '01' as legal_entity_id,
    trim(a1_nome) as name,
    case when trim(a1_est) = 'EX' then 'ZZ' else 'BR' end as country,
    case when trim(a1_est) = 'EX' then null else 'pt-BR' end as language,
    trim(a1_cgc) as tax_id,
    cast(a1_lc as decimal(16, 2)) as credit_limit_amount,
    trim(a3_nome) as salesperson_name,
    trim(a3_email) as salesperson_email,
    trim(a1_nreduz) as short_name,
    trim(a1_est) as state,
    trim(a1_conta) as ledger_account
from sa1010
left join sa3010
    on trim(sa1010.a1_vend) = trim(sa3010.a3_cod)
    and coalesce(trim(sa3010.d_e_l_e_t_), '') = ''
where coalesce(trim(sa1010.d_e_l_e_t_), '') = ''
order by customer_id
