-- Titles whose balance (SALDO) is not their value less their movements, by the rule of Protheus' own
-- SaldoTit. A title with abatements is settled by less. There must be no such title.
-- Grain: title
-- Reads: se1010, se5010
-- Writes: nothing
with titles as (
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
),

-- A title is one instalment; a document is all titles of one number, type and customer.
keyed_titles as (
    select
        titles.*,
        branch || '-' || prefixo || '-' || num || '-' || parcela || '-' || tipo || '-' || cliente
        || '-' || loja as title_id,
        branch || '-' || prefixo || '-' || num || case
            when side = 'abatement' then '-' || parcela
            else ''
        end || '-' || tipo || '-' || cliente || '-' || loja as document_id,
        cliente || '-' || loja as customer_id
    from titles
),

-- Movements of titles, each with the day on which it was taken back: cancelled, or reversed by an
-- ES movement of the same sequence.
reversals as (
    select
        coalesce(nullif(trim(e5_filorig), ''), trim(e5_filial)) || '-'
        || coalesce(trim(e5_prefixo), '') || '-' || trim(e5_numero) || '-'
        || coalesce(trim(e5_parcela), '') || '-' || trim(e5_tipo) || '-' || trim(e5_clifor) || '-'
        || trim(e5_loja) as title_id,
        trim(e5_seq) as seq,
        min(trim(cast(e5_data as varchar))) as reversed_text
    from se5010
    where coalesce(trim(d_e_l_e_t_), '') = ''
        and e5_tipodoc = 'ES'
    group by 1, 2
),

all_movements as (
    select
        cast(r_e_c_n_o_ as varchar) as recno,
        coalesce(nullif(trim(e5_filorig), ''), trim(e5_filial)) || '-'
        || coalesce(trim(e5_prefixo), '') || '-' || trim(e5_numero) || '-'
        || coalesce(trim(e5_parcela), '') || '-' || trim(e5_tipo) || '-' || trim(e5_clifor) || '-'
        || trim(e5_loja) as title_id,
        trim(e5_seq) as seq,
        e5_tipodoc as tipodoc,
        coalesce(trim(e5_motbx), '') as motbx,
        e5_documen as documen,
        coalesce(trim(e5_situaca), '') as situaca,
        nullif(
            regexp_replace(
                trim(cast(e5_data as varchar)), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'
            ),
            ''
        ) as moved_on,
        nullif(
            regexp_replace(
                trim(cast(e5_dtcanbx as varchar)), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'
            ),
            ''
        ) as cancelled_on,
        cast(e5_valor as decimal(16, 2)) as valor,
        cast(e5_vlmoed2 as decimal(16, 2)) as vlmoed2,
        cast(e5_vljuros as decimal(16, 2)) as juros,
        cast(e5_vlmulta as decimal(16, 2)) as multa,
        cast(e5_vldesco as decimal(16, 2)) as desconto,
        cast(e5_vlacres as decimal(16, 2)) as acrescimo,
        cast(e5_vldecre as decimal(16, 2)) as decrescimo
    from se5010
    where coalesce(trim(d_e_l_e_t_), '') = ''
        and e5_tipodoc in ('VL', 'BA', 'V2', 'CP', 'LJ')
),

-- What a movement took off its title: in reais what was received less interest and fine, and the
-- discount; in the title's currency where that is another.
movements as (
    select
        all_movements.*,
        keyed_titles.side,
        keyed_titles.document_id,
        keyed_titles.customer_id,
        keyed_titles.currency,
        keyed_titles.parcela,
        coalesce(
            all_movements.cancelled_on,
            nullif(
                regexp_replace(
                    trim(cast(reversals.reversed_text as varchar)), '^(\d{4})-?(\d\d)-?(\d\d).*$', '\1-\2-\3'
                ),
                ''
            )
        ) as reversed_on,
        case
            when keyed_titles.currency <> 'BRL' then vlmoed2
            else valor - juros + acrescimo - multa
        end as principal,
        case
            when keyed_titles.currency <> 'BRL' then 0
            else desconto - decrescimo
        end as discount,
        case
            when motbx = 'CMP' or tipodoc = 'CP' then 'set_off'
            when tipodoc in ('VL', 'V2', 'LJ') or motbx = 'NOR' then 'money'
            else 'other'
        end as means
    from all_movements
    inner join keyed_titles on all_movements.title_id = keyed_titles.title_id
    left join reversals
        on all_movements.title_id = reversals.title_id
        and all_movements.seq = reversals.seq
    where keyed_titles.side <> 'abatement'
        and (
            all_movements.situaca <> 'C'
            or all_movements.cancelled_on is not null
            or reversals.reversed_text is not null
        )
),

settled as (
    select title_id, sum(principal + discount) as amount
    from movements
    where reversed_on is null
    group by title_id
),

abatements as (
    select branch, prefixo, num, parcela, cliente, loja, sum(amount) as amount
    from keyed_titles
    where side = 'abatement'
    group by branch, prefixo, num, parcela, cliente, loja
)

select
    keyed_titles.title_id,
    keyed_titles.amount,
    coalesce(settled.amount, 0) as settled_amount,
    keyed_titles.saldo
from keyed_titles
left join settled on keyed_titles.title_id = settled.title_id
left join abatements
    on keyed_titles.branch = abatements.branch
    and keyed_titles.prefixo = abatements.prefixo
    and keyed_titles.num = abatements.num
    and keyed_titles.parcela = abatements.parcela
    and keyed_titles.cliente = abatements.cliente
    and keyed_titles.loja = abatements.loja
where keyed_titles.side <> 'abatement'
    and keyed_titles.saldo <> keyed_titles.amount - coalesce(settled.amount, 0)
    and not (
        keyed_titles.saldo = 0
        and keyed_titles.amount = coalesce(settled.amount, 0) + coalesce(abatements.amount, 0)
    )
order by keyed_titles.title_id
