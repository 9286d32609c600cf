-- The reminders that ERPNext itself sent (Dunning), one event for each invoice that they name.
-- Grain: legal_entity_id, event_id
-- Reads: tabDunning, tabOverdue Payment, tabCompany
-- Writes: landing contact_event
select distinct
    concat(tabDunning.name, ' / ', `tabOverdue Payment`.sales_invoice) as event_id,
    tabCompany.abbr as legal_entity_id,
    tabDunning.customer as customer_id,
    tabDunning.posting_date as occurred_at,
    'letter' as channel,
    'outbound' as direction,
    'note' as outcome,
    `tabOverdue Payment`.sales_invoice as invoice_id,
    tabDunning.dunning_type
from tabDunning
inner join `tabOverdue Payment`
    on `tabOverdue Payment`.parent = tabDunning.name
    and `tabOverdue Payment`.parenttype = 'Dunning'
inner join tabCompany on tabCompany.name = tabDunning.company
where tabDunning.docstatus = 1
