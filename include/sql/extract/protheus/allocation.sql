-- What was set against titles: money; set-offs against credit notes and advances (CMP), which the
-- movement names; discounts and other ends of a title (returned goods, renegotiation), which are no
-- money; and abatements, from their own day. A reversed movement counts until its reversal.
-- Grain: allocation_id
-- Reads: se1010, se5010
-- Writes: landing allocation
with
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
