-- What customers owe by SE1 in reais (foreign titles at the rate of their issue), account by account,
-- and what the entries in CT2 say; the difference must be nought once all is posted (contabilizado).
-- Grain: account
-- Reads: se1010, sa1010, ct2010
-- Writes: nothing
with accounts as (
    select distinct trim(a1_conta) as account
    from sa1010
    where coalesce(trim(d_e_l_e_t_), '') = ''
        and trim(a1_conta) <> ''
),

postings as (
    select
        trim(ct2_debito) as account,
        trim(cast(ct2_data as varchar)) as posted_on,
        cast(ct2_valor as decimal(16, 2)) as amount
    from ct2010
    where trim(ct2_dc) in ('1', '3')
        and trim(ct2_moedlc) = '01'
        and trim(ct2_tpsald) = '1'
        and coalesce(trim(d_e_l_e_t_), '') = ''
    union all
    select
        trim(ct2_credit) as account,
        trim(cast(ct2_data as varchar)) as posted_on,
        -cast(ct2_valor as decimal(16, 2)) as amount
    from ct2010
    where trim(ct2_dc) in ('2', '3')
        and trim(ct2_moedlc) = '01'
        and trim(ct2_tpsald) = '1'
        and coalesce(trim(d_e_l_e_t_), '') = ''
),

owed as (
    select
        trim(sa1010.a1_conta) as account,
        sum(
            cast(
                cast(se1010.e1_saldo as decimal(16, 2)) * case
                    when cast(se1010.e1_moeda as integer) = 1 then cast(1 as decimal(11, 4))
                    else cast(se1010.e1_txmoeda as decimal(11, 4))
                end as decimal(16, 2)
            ) * case
                when trim(se1010.e1_tipo) in ('NCC', 'RA') or trim(se1010.e1_tipo) like '%-' then -1
                else 1
            end
        ) as amount
    from se1010
    inner join sa1010
        on trim(se1010.e1_cliente) = trim(sa1010.a1_cod)
        and trim(se1010.e1_loja) = trim(sa1010.a1_loja)
    where coalesce(trim(se1010.d_e_l_e_t_), '') = ''
        and coalesce(trim(sa1010.d_e_l_e_t_), '') = ''
        and trim(se1010.e1_tipo) not in ('PR', 'PR-')
    group by 1
),

balances as (
    select account, sum(amount) as amount
    from postings
    group by account
)

select
    accounts.account,
    coalesce(owed.amount, 0) as open_items_amount,
    coalesce(balances.amount, 0) as ledger_amount,
    coalesce(owed.amount, 0) - coalesce(balances.amount, 0) as difference
from accounts
left join owed on accounts.account = owed.account
left join balances on accounts.account = balances.account
order by accounts.account
