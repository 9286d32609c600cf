-- Payments of customers: Dolibarr keeps no money on account, so a receipt is what it was set against, once
-- for each customer and currency that it paid for.
-- Grain: legal_entity_id, receipt_id
-- Reads: llx_facture, llx_paiement_facture, llx_paiement, llx_const
-- Writes: landing receipt
select
    concat_ws(' / ', payments.fk_paiement, documents.fk_soc, documents.currency) as receipt_id,
    documents.entity as legal_entity_id,
    documents.fk_soc as customer_id,
    min(payments.paid_on) as receipt_date,
    documents.currency,
    cast(sum(payments.amount) as decimal(21, 4)) as amount,
    coalesce(nullif(max(llx_paiement.num_paiement), ''), max(llx_paiement.ref)) as reference
from payments
inner join documents on documents.rowid = payments.fk_facture
inner join llx_paiement on llx_paiement.rowid = payments.fk_paiement
where payments.amount > 0
    and documents.total > 0
group by payments.fk_paiement, documents.entity, documents.fk_soc, documents.currency
