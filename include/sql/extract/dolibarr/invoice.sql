-- Invoices, deposits and credit notes that were validated. What was replaced is cancelled. Money that was
-- paid back, or moved on to another invoice as excess, is part of the amount of the invoice it came from.
-- Grain: legal_entity_id, invoice_id
-- Reads: llx_facture, llx_facturedet, llx_paiement_facture, llx_paiement, llx_societe_remise_except,
--   llx_c_paiement, llx_const
-- Writes: landing invoice
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
),

discounts as (
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
),

raised_amounts as (
    select fk_facture, sum(amount) as raised_amount
    from (
        select payments.fk_facture, -payments.amount as amount
        from payments
        inner join documents on documents.rowid = payments.fk_facture
        where payments.amount < 0
            and documents.total > 0

        union all

        select fk_facture_source as fk_facture, amount
        from discounts
        where source_type in (0, 1, 5)
            and coalesce(fk_facture, fk_facture_line) is not null
    ) as raises
    group by fk_facture
),

lines_sold as (
    select
        fk_facture,
        left(
            group_concat(
                coalesce(nullif(label, ''), left(description, 100)) order by rang separator ', '
            ),
            500
        ) as description
    from llx_facturedet
    group by fk_facture
)

select
    documents.rowid as invoice_id,
    documents.entity as legal_entity_id,
    documents.fk_soc as customer_id,
    documents.ref as invoice_number,
    if(documents.total < 0, 'credit_note', 'invoice') as document_type,
    documents.datef as issue_date,
    documents.datef as posting_date,
    documents.currency,
    cast(abs(documents.total) + coalesce(raised_amounts.raised_amount, 0) as decimal(21, 4))
        as gross_amount,
    documents.date_lim_reglement as due_date,
    if(documents.fk_statut = 3 and documents.close_code = 'replaced', 'cancelled', 'posted')
        as status,
    lines_sold.description,
    documents.ref_client as purchase_order_ref,
    case llx_c_paiement.code
        when 'VIR' then 'transfer'
        when 'PRE' then 'direct_debit'
        when 'CB' then 'card'
        when 'CHQ' then 'cheque'
    end as instrument_type,
    case documents.type
        when 1 then 'replacement'
        when 2 then 'credit note'
        when 3 then 'deposit'
        when 5 then 'situation'
        else 'standard'
    end as dolibarr_type,
    documents.close_code,
    documents.fk_facture_source as source_invoice_id
from documents
left join raised_amounts on raised_amounts.fk_facture = documents.rowid
left join lines_sold on lines_sold.fk_facture = documents.rowid
left join llx_c_paiement on llx_c_paiement.id = documents.fk_mode_reglement
where documents.total <> 0
