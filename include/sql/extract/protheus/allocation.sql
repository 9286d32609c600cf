-- What was set against titles: money; set-offs against credit notes and advances (CMP), which the
-- movement names; discounts and other ends of a title (returned goods, renegotiation), which are no
-- money; and abatements, from their own day. A reversed movement counts until its reversal.
-- Grain: allocation_id
-- Reads: se1010, se5010
-- Writes: landing allocation
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

-- Instalments are numbered 1, 2, 3, or lettered A, B, C; a series of digits goes on with A after 9.
-- Any other instalment is passed on as it is, and quarantined.
series as (
    select
        keyed_titles.*,
        max(
            case when parcela <> '' and regexp_replace(parcela, '\d', '', 'g') = '' then 1 else 0 end
        ) over (partition by document_id) as has_digits
    from keyed_titles
),

numbered_titles as (
    select
        series.*,
        case
            when parcela = '' then '1'
            when length(parcela) = 1 and parcela between 'A' and 'Z'
                then cast(ascii(parcela) - 64 + 9 * has_digits as varchar)
            when regexp_replace(parcela, '\d', '', 'g') = ''
                then cast(cast(parcela as integer) as varchar)
            else parcela
        end as instalment_no
    from series
),

-- DOCUMEN of a set-off: prefix (3), number (9), instalment and type of the other title.
named_credits as (
    select
        movements.recno,
        credit.side,
        case when credit.side = 'receipt' then credit.title_id else credit.document_id end
            as source_id,
        row_number() over (partition by movements.recno order by length(credit.tipo) desc)
            as choice
    from movements
    inner join keyed_titles as credit
        on trim(substr(movements.documen, 1, 3)) = credit.prefixo
        and trim(substr(movements.documen, 4, 9)) = credit.num
        and substr(
            replace(substr(movements.documen, 13), ' ', ''), 1, length(credit.parcela || credit.tipo)
        ) = credit.parcela || credit.tipo
    where movements.side = 'debit'
        and movements.means = 'set_off'
        and credit.side in ('receipt', 'credit_note')
),

applied as (
    select
        movements.recno || '-' || movements.means as allocation_id,
        movements.title_id,
        case
            when movements.means = 'money' then 'receipt'
            when movements.means = 'set_off' then coalesce(named_credits.side, 'write_off')
            else 'write_off'
        end as source_type,
        coalesce(named_credits.source_id, movements.recno) as source_id,
        movements.moved_on,
        movements.principal as amount,
        movements.reversed_on,
        movements.motbx
    from movements
    left join named_credits
        on movements.recno = named_credits.recno
        and named_credits.choice = 1
    where movements.side = 'debit'
        and movements.principal > 0

    union all

    select
        recno || '-discount' as allocation_id,
        title_id,
        'write_off' as source_type,
        recno as source_id,
        moved_on,
        discount as amount,
        reversed_on,
        motbx
    from movements
    where side = 'debit'
        and discount > 0

    union all

    select
        abatement.title_id || '-abatement' as allocation_id,
        parent.title_id,
        'credit_note' as source_type,
        abatement.document_id as source_id,
        abatement.issued_on as moved_on,
        abatement.amount,
        null as reversed_on,
        abatement.tipo as motbx
    from keyed_titles as abatement
    inner join keyed_titles as parent
        on abatement.branch = parent.branch
        and abatement.prefixo = parent.prefixo
        and abatement.num = parent.num
        and abatement.parcela = parent.parcela
        and abatement.cliente = parent.cliente
        and abatement.loja = parent.loja
    where abatement.side = 'abatement'
        and parent.side = 'debit'
)

select
    applied.allocation_id,
    '01' as legal_entity_id,
    numbered_titles.document_id as invoice_id,
    numbered_titles.instalment_no,
    applied.source_type,
    applied.source_id,
    applied.moved_on as allocation_date,
    applied.amount,
    applied.reversed_on,
    applied.motbx as reason_code
from applied
inner join numbered_titles on applied.title_id = numbered_titles.title_id

union all

select
    recno || case when side = 'debit' then '-ES' else '-DV' end as allocation_id,
    '01' as legal_entity_id,
    recno || case when side = 'debit' then '-ES' else '-DV' end as invoice_id,
    null as instalment_no,
    case when side = 'credit_note' then 'credit_note' else 'receipt' end as source_type,
    case side
        when 'debit' then recno
        when 'receipt' then title_id
        else document_id
    end as source_id,
    case when side = 'debit' then reversed_on else moved_on end as allocation_date,
    principal as amount,
    null as reversed_on,
    motbx as reason_code
from movements
where principal > 0
    and (
        (side = 'debit' and means = 'money' and reversed_on is not null)
        or (side <> 'debit' and means <> 'set_off' and reversed_on is null)
    )
order by allocation_id
