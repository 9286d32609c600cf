-- Contacts of customers, and the address of the third party itself, which is taken for accounts payable.
-- Their role is read from the position.
-- Grain: legal_entity_id, contact_id
-- Reads: llx_socpeople, llx_societe, llx_facture
-- Writes: landing contact
select
    concat('contact ', llx_socpeople.rowid) as contact_id,
    parties.fk_soc as customer_id,
    parties.entity as legal_entity_id,
    case
        when lower(llx_socpeople.poste) regexp 'payable|billing|invoic|compta|factur'
            then 'accounts_payable'
        when lower(llx_socpeople.poste) regexp 'financ|cfo|daf|treasur|controller'
            then 'finance_director'
        when lower(llx_socpeople.poste) regexp 'owner|ceo|pdg|founder|managing|gérant' then 'owner'
        when lower(llx_socpeople.poste) regexp 'legal|counsel|lawyer|jurid' then 'legal'
        else 'operations'
    end as role,
    concat_ws(' ', llx_socpeople.firstname, llx_socpeople.lastname) as name,
    llx_socpeople.email,
    coalesce(nullif(llx_socpeople.phone, ''), llx_socpeople.phone_mobile) as phone,
    concat_ws(', ', nullif(llx_socpeople.address, ''), nullif(llx_socpeople.zip, ''),
        nullif(llx_socpeople.town, '')) as postal_address,
    if(llx_socpeople.statut = 1, 'true', 'false') as is_active
from parties
inner join llx_socpeople on llx_socpeople.fk_soc = parties.fk_soc
where llx_socpeople.priv = 0

union all

select
    concat('third party ', llx_societe.rowid) as contact_id,
    parties.fk_soc as customer_id,
    parties.entity as legal_entity_id,
    'accounts_payable' as role,
    llx_societe.nom as name,
    llx_societe.email,
    llx_societe.phone,
    concat_ws(', ', nullif(llx_societe.address, ''), nullif(llx_societe.zip, ''),
        nullif(llx_societe.town, '')) as postal_address,
    'true' as is_active
from parties
inner join llx_societe on llx_societe.rowid = parties.fk_soc
where llx_societe.email <> ''
