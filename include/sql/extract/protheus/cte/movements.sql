-- What a movement took off its title: in reais what was received less interest and fine, and the
-- discount; in the title's currency where that is another.
-- Grain: movement of a title
-- Reads: all_movements, keyed_titles, reversals
-- Writes: nothing; a CTE of the SELECTs beside this folder
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
