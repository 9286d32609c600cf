-- The items that the night proposes to hand over to an agency, with what an agency needs to go on.
-- Grain: open item that was decided HAND_OVER_PROPOSED for an agency
-- Reads: decision, open_item, invoice, customer, contact, notice_history
-- Writes: the agency file
with ranked_contacts as (
    select
        decision.invoice_id,
        decision.instalment_no,
        contact.role,
        contact.name,
        contact.email,
        contact.phone,
        contact.postal_address,
        row_number() over (
            partition by decision.invoice_id, decision.instalment_no
            order by
                coalesce(
                    nullif(list_position(string_split(decision.recipients, ','), contact.role), 0),
                    len(string_split(decision.recipients, ',')) + 1
                ),
                contact.role <> 'accounts_payable',
                contact.contact_id
        ) as rank_no,
    from decision
    inner join contact on decision.customer_id = contact.customer_id
    where coalesce(contact.is_active, true)
),

sent_notices as (
    select
        notice_history.invoice_id,
        notice_history.instalment_no,
        cast(count(*) as integer) as notices_sent,
        arg_max(notice_history.notice_step, (notice_history.acted_on, notice_history.notice_id))
            as last_notice_step,
        max(notice_history.acted_on) as last_notice_on,
    from notice_history
    where notice_history.state = 'sent'
    group by notice_history.invoice_id, notice_history.instalment_no
)

select
    decision.as_of_date,
    decision.legal_entity_id,
    $creditor_name as creditor_name,
    decision.customer_id,
    customer.name as customer_name,
    customer.country as customer_country,
    customer.language as customer_language,
    customer.tax_id,
    ranked_contacts.role as contact_role,
    ranked_contacts.name as contact_name,
    ranked_contacts.email as contact_email,
    ranked_contacts.phone as contact_phone,
    ranked_contacts.postal_address as contact_address,
    decision.invoice_id,
    decision.instalment_no,
    decision.invoice_number,
    decision.document_type,
    open_item.issue_date,
    decision.due_date,
    decision.days_past_due,
    invoice.description,
    invoice.purchase_order_ref,
    invoice.delivery_refs,
    open_item.instrument_type,
    open_item.instrument_status,
    decision.currency,
    open_item.original_amount,
    decision.open_amount,
    decision.dunning_exposure_amount as principal_amount,
    open_item.interest_amount,
    open_item.compensation_amount,
    open_item.needs_confirmation,
    decision.dunning_exposure_amount + case
        when open_item.needs_confirmation then 0
        else coalesce(open_item.interest_amount, 0) + open_item.compensation_amount
    end as claim_amount,
    open_item.legal_basis,
    coalesce(sent_notices.notices_sent, 0) as notices_sent,
    sent_notices.last_notice_step,
    sent_notices.last_notice_on,
    decision.policy_version,
from decision
inner join open_item
    on decision.invoice_id = open_item.invoice_id
    and decision.instalment_no = open_item.instalment_no
inner join customer on decision.customer_id = customer.customer_id
left join invoice on decision.invoice_id = invoice.invoice_id
left join ranked_contacts
    on decision.invoice_id = ranked_contacts.invoice_id
    and decision.instalment_no = ranked_contacts.instalment_no
    and ranked_contacts.rank_no = 1
left join sent_notices
    on decision.invoice_id = sent_notices.invoice_id
    and decision.instalment_no = sent_notices.instalment_no
where ($customer_id is null or decision.customer_id = $customer_id)
    and decision.reason_code = 'HAND_OVER_PROPOSED'
    and decision.channel = 'agency_file'
order by decision.customer_id, decision.due_date, decision.invoice_id, decision.instalment_no
