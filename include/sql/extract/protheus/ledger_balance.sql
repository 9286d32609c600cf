-- Balance in reais of the accounts that customers are posted to, after the last entry there is.
-- Grain: account
-- Reads: ct2010, sa1010
-- Writes: landing ledger_balance
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
)

select
    '01' as legal_entity_id,
    (select nullif(
        regexp_replace(
            trim(cast(max(posted_on) as varchar)), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'
        ),
        ''
    ) from postings) as balance_date,
    accounts.account,
    'BRL' as currency,
    cast(coalesce(sum(postings.amount), 0) as decimal(16, 2)) as amount
from accounts
left join postings on accounts.account = postings.account
group by accounts.account
order by accounts.account
