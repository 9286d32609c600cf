-- Third parties, once for each entity that has invoices for them; Dolibarr shares them.
-- Grain: legal_entity_id, customer_id
-- Reads: llx_societe, llx_facture, llx_c_country, llx_c_payment_term, llx_societe_commerciaux, llx_user
-- Writes: landing customer
with salespeople as (
    select
        llx_societe_commerciaux.fk_soc,
        concat_ws(' ', llx_user.firstname, llx_user.lastname) as name,
        llx_user.email,
        row_number() over (
            partition by llx_societe_commerciaux.fk_soc order by llx_societe_commerciaux.rowid
        ) as preference
    from llx_societe_commerciaux
    inner join llx_user on llx_user.rowid = llx_societe_commerciaux.fk_user
)

select
    llx_societe.rowid as customer_id,
    parties.entity as legal_entity_id,
    llx_societe.nom as name,
    coalesce(nullif(llx_c_country.code, ''), 'ZZ') as country,
    replace(llx_societe.default_lang, '_', '-') as language,
    nullif(llx_societe.multicurrency_code, '') as currency,
    llx_societe.tva_intra as tax_id,
    nullif(llx_societe.parent, 0) as parent_customer_id,
    salespeople.name as salesperson_name,
    salespeople.email as salesperson_email,
    nullif(cast(llx_societe.outstanding_limit as decimal(21, 2)), 0) as credit_limit_amount,
    if(llx_c_payment_term.type_cdr = 0, llx_c_payment_term.nbjour, null) as payment_terms_days,
    llx_societe.code_client as customer_code
from parties
inner join llx_societe on llx_societe.rowid = parties.fk_soc
left join llx_c_country on llx_c_country.rowid = llx_societe.fk_pays
left join llx_c_payment_term on llx_c_payment_term.rowid = llx_societe.cond_reglement
left join salespeople on salespeople.fk_soc = parties.fk_soc and salespeople.preference = 1
