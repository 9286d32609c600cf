-- What was set against each document: payments, credit notes and other discounts used as payment, and the
-- rest of a document that was closed without it. A credit note is used up by what it is set against, by the
-- lines that it became, and by what was paid out.
-- Grain: legal_entity_id, allocation_id
-- Reads: llx_facture, llx_paiement_facture, llx_paiement, llx_societe_remise_except, llx_const
-- Writes: landing allocation
with settlements as (
    select
        concat('payment ', payments.rowid) as allocation_id,
        payments.fk_facture,
        if(documents.total < 0, 'write_off', 'receipt') as source_type,
        if(
            documents.total < 0,
            payments.fk_paiement,
            concat_ws(' / ', payments.fk_paiement, documents.fk_soc, documents.currency)
        ) as source_id,
        payments.paid_on as allocation_date,
        abs(payments.amount) as amount
    from payments
    inner join documents on documents.rowid = payments.fk_facture
    where payments.amount * documents.total > 0

    union all

    select
        concat('discount ', discounts.rowid) as allocation_id,
        discounts.fk_facture,
        if(discounts.source_type = 2, 'credit_note', 'write_off') as source_type,
        coalesce(
            if(discounts.source_type = 2, discounts.fk_facture_source, null),
            concat('discount ', discounts.rowid)
        ) as source_id,
        greatest(discounts.made_on, documents.datef) as allocation_date,
        discounts.amount
    from discounts
    inner join documents on documents.rowid = discounts.fk_facture

    union all

    select
        concat('line ', discounts.rowid) as allocation_id,
        discounts.fk_facture_source as fk_facture,
        'write_off' as source_type,
        concat('line ', discounts.fk_facture_line) as source_id,
        discounts.made_on as allocation_date,
        discounts.amount
    from discounts
    where discounts.source_type = 2
        and discounts.fk_facture is null
        and discounts.fk_facture_line is not null
),

used_amounts as (
    select fk_facture, sum(amount) as amount
    from (
        select fk_facture, amount
        from settlements

        union all

        select fk_facture_source as fk_facture, amount
        from discounts
        where source_type = 2
            and (fk_facture is not null or fk_facture_line is null)
    ) as uses
    group by fk_facture
),

closings as (
    select
        concat('close ', documents.rowid) as allocation_id,
        documents.rowid as fk_facture,
        'write_off' as source_type,
        concat('close ', coalesce(nullif(documents.close_code, ''), 'paid')) as source_id,
        coalesce(date(documents.date_closing), documents.datef) as allocation_date,
        abs(documents.total)
        + coalesce(raised_amounts.raised_amount, 0)
        - coalesce(used_amounts.amount, 0) as amount
    from documents
    left join raised_amounts on raised_amounts.fk_facture = documents.rowid
    left join used_amounts on used_amounts.fk_facture = documents.rowid
    where documents.fk_statut in (2, 3)
        and coalesce(documents.close_code, '') <> 'replaced'
),

allocations as (
    select *
    from settlements

    union all

    select *
    from closings
    where amount > 0
)

select
    allocations.allocation_id,
    documents.entity as legal_entity_id,
    allocations.fk_facture as invoice_id,
    allocations.source_type,
    allocations.source_id,
    allocations.allocation_date,
    cast(allocations.amount as decimal(21, 4)) as amount
from allocations
inner join documents on documents.rowid = allocations.fk_facture
where allocations.amount > 0
