-- Movements of titles, each with the day on which it was taken back: cancelled, or reversed by an
-- ES movement of the same sequence.
-- Grain: title and sequence that was reversed
-- Reads: se5010
-- Writes: nothing; a CTE of the SELECTs beside this folder
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
