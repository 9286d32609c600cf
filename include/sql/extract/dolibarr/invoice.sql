-- Invoices, deposits and credit notes that were validated. What was replaced is cancelled. Money that was
-- paid back, or moved on to another invoice as excess, is part of the amount of the invoice it came from.
-- Grain: legal_entity_id, invoice_id
-- Reads: llx_facture, llx_facturedet, llx_paiement_facture, llx_paiement, llx_societe_remise_except,
--   llx_c_paiement, llx_const
-- Writes: landing invoice
with lines_sold as (
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
