-- Movements that settle titles; dates in ISO.
-- Grain: movement
-- Reads: se5010
-- Writes: nothing; a CTE of the SELECTs beside this folder
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
