-- Instalments: one title each, due on the business day after its due date (VENCREA). Open: what
-- Protheus says (SALDO) less the abatements of the title that are still open.
-- Grain: invoice_id, instalment_no
-- Reads: se1010
-- Writes: landing instalment
with abatements as (
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
