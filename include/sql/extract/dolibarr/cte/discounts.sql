-- Credit notes, deposits and excess payments turned into discounts, in the currency of where they are
-- used.
-- Grain: discount
-- Reads: llx_societe_remise_except, documents
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    llx_societe_remise_except.rowid,
    llx_societe_remise_except.fk_facture,
    llx_societe_remise_except.fk_facture_line,
    llx_societe_remise_except.fk_facture_source,
    date(llx_societe_remise_except.datec) as made_on,
    source.type as source_type,
    round(
        cast(
            if(
                coalesce(used.is_foreign, source.is_foreign),
                llx_societe_remise_except.multicurrency_amount_ttc,
                llx_societe_remise_except.amount_ttc
            )
            as decimal(24, 8)
        ),
        coalesce(used.digits, source.digits)
    ) as amount
from llx_societe_remise_except
left join documents as source
    on source.rowid = llx_societe_remise_except.fk_facture_source
left join documents as used on used.rowid = llx_societe_remise_except.fk_facture
where llx_societe_remise_except.discount_type = 0
    and coalesce(source.rowid, used.rowid) is not null
