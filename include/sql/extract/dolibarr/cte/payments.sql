-- What each payment paid of each document, in the document's currency.
-- Grain: payment and document
-- Reads: llx_paiement_facture, llx_paiement, documents
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    llx_paiement_facture.rowid,
    llx_paiement_facture.fk_facture,
    llx_paiement_facture.fk_paiement,
    date(llx_paiement.datep) as paid_on,
    round(
        cast(
            if(
                documents.is_foreign,
                llx_paiement_facture.multicurrency_amount,
                llx_paiement_facture.amount
            )
            as decimal(24, 8)
        ),
        documents.digits
    ) as amount
from llx_paiement_facture
inner join llx_paiement on llx_paiement.rowid = llx_paiement_facture.fk_paiement
inner join documents on documents.rowid = llx_paiement_facture.fk_facture
