-- Receivable titles, soft-deleted and provisional ones left out; dates in ISO.
-- Grain: title
-- Reads: se1010
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    coalesce(nullif(trim(e1_filorig), ''), trim(e1_filial)) as branch,
    coalesce(trim(e1_prefixo), '') as prefixo,
    trim(e1_num) as num,
    coalesce(trim(e1_parcela), '') as parcela,
    trim(e1_tipo) as tipo,
    trim(e1_cliente) as cliente,
    trim(e1_loja) as loja,
    case
        when trim(e1_tipo) like '%-' then 'abatement'
        when trim(e1_tipo) = 'NCC' then 'credit_note'
        when trim(e1_tipo) = 'RA' then 'receipt'
        else 'debit'
    end as side,
    case cast(e1_moeda as integer)
        when 1 then 'BRL'
        when 2 then 'USD'
        when 4 then 'EUR'
        when 5 then 'JPY'
        else cast(cast(e1_moeda as integer) as varchar)
    end as currency,
    cast(e1_valor as decimal(16, 2)) as amount,
    cast(e1_saldo as decimal(16, 2)) as saldo,
    nullif(
        regexp_replace(
            trim(cast(e1_emissao as varchar)), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'
        ),
        ''
    ) as issued_on,
    nullif(
        regexp_replace(
            trim(cast(e1_emis1 as varchar)), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'
        ),
        ''
    ) as entered_on,
    nullif(
        regexp_replace(
            trim(cast(e1_vencto as varchar)), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'
        ),
        ''
    ) as due_on,
    nullif(
        regexp_replace(
            trim(cast(e1_vencrea as varchar)), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'
        ),
        ''
    ) as business_due_on,
    nullif(
        regexp_replace(
            trim(cast(e1_vencori as varchar)), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'
        ),
        ''
    ) as original_due_on,
    trim(e1_numbco) as numbco,
    trim(e1_portado) as portado,
    trim(e1_situaca) as situaca,
    trim(e1_hist) as hist,
    trim(e1_pedido) as pedido
from se1010
where coalesce(trim(d_e_l_e_t_), '') = ''
    and trim(e1_tipo) not in ('PR', 'PR-')
