-- Instalments: one title each, due on the business day after its due date (VENCREA). Open: what
-- Protheus says (SALDO) less the abatements of the title that are still open.
-- Grain: invoice_id, instalment_no
-- Reads: se1010
-- Writes: landing instalment
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

abatements as (
    select branch, prefixo, num, parcela, cliente, loja, sum(saldo) as saldo
    from keyed_titles
    where side = 'abatement'
    group by branch, prefixo, num, parcela, cliente, loja
)

select
    numbered_titles.document_id as invoice_id,
    '01' as legal_entity_id,
    numbered_titles.instalment_no,
    coalesce(
        numbered_titles.business_due_on, numbered_titles.due_on, numbered_titles.issued_on
    ) as due_date,
    numbered_titles.amount,
    numbered_titles.original_due_on as original_due_date,
    cast(numbered_titles.saldo - coalesce(abatements.saldo, 0) as decimal(16, 2)) as open_amount,
    numbered_titles.numbco as instrument_ref,
    numbered_titles.situaca as collection_status
from numbered_titles
left join abatements
    on numbered_titles.branch = abatements.branch
    and numbered_titles.prefixo = abatements.prefixo
    and numbered_titles.num = abatements.num
    and numbered_titles.parcela = abatements.parcela
    and numbered_titles.cliente = abatements.cliente
    and numbered_titles.loja = abatements.loja
where numbered_titles.side = 'debit'
order by numbered_titles.title_id
