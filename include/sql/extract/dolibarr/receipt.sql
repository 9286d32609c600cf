-- Payments of customers: Dolibarr keeps no money on account, so a receipt is what it was set against, once
-- for each customer and currency that it paid for.
-- Grain: legal_entity_id, receipt_id
-- Reads: llx_facture, llx_paiement_facture, llx_paiement, llx_const
-- Writes: landing receipt
with companies as (
    select
        entity,
        max(if(name = 'MAIN_MONNAIE', value, null)) as currency,
        coalesce(max(if(name = 'MAIN_MAX_DECIMALS_TOT', cast(value as unsigned), null)), 2)
            as digits
    from llx_const
    where name in ('MAIN_MONNAIE', 'MAIN_MAX_DECIMALS_TOT')
    group by entity
),

documents as (
    select
        llx_facture.*,
        companies.digits,
        coalesce(llx_facture.multicurrency_code, '') not in ('', companies.currency) as is_foreign,
        if(
            coalesce(llx_facture.multicurrency_code, '') in ('', companies.currency),
            companies.currency,
            llx_facture.multicurrency_code
        ) as currency,
        round(
            cast(
                if(
                    coalesce(llx_facture.multicurrency_code, '') in ('', companies.currency),
                    llx_facture.total_ttc,
                    llx_facture.multicurrency_total_ttc
                )
                as decimal(24, 8)
            ),
            companies.digits
        ) as total
    from llx_facture
    left join companies on companies.entity = llx_facture.entity
    where llx_facture.fk_statut in (1, 2, 3)
        and llx_facture.type in (0, 1, 2, 3, 5)
),

payments as (
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
)

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
