-- Open titles that are with somebody else: discounted at a bank (2, 7), with the lawyer (5), in court
-- (6), or under a settlement (G). A hold ends when the collection status has changed.
-- Grain: hold_id
-- Reads: se1010
-- Writes: landing hold
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
)

select
    title_id || '-' || situaca as hold_id,
    '01' as legal_entity_id,
    document_id as invoice_id,
    'collection status ' || situaca as reason,
    issued_on as held_from,
    '2099-12-31' as held_until
from keyed_titles
where side = 'debit'
    and saldo > 0
    and situaca in ('2', '5', '6', '7', 'G')
order by hold_id
