-- Registered boletos past due that nothing forbids to have protested, as a bank asks for them.
-- Grain: open item of a registered boleto
-- Reads: decision, open_item, invoice, customer, contact, notice_history
-- Writes: the protest remittance
with payers as (
    select
        customer.customer_id,
        customer.name as payer_name,
        regexp_replace(upper(customer.tax_id), '[^0-9A-Z]', '', 'g') as payer_tax_id,
        (
            select contact.postal_address
            from contact
            where contact.customer_id = customer.customer_id
                and contact.postal_address is not null
                and coalesce(contact.is_active, true)
            order by contact.role <> 'legal', contact.contact_id
            limit 1
        ) as payer_address,
    from customer
),

sent_notices as (
    select
        notice_history.invoice_id,
        notice_history.instalment_no,
        arg_max(notice_history.notice_step, (notice_history.acted_on, notice_history.notice_id))
            as last_notice_step,
        max(notice_history.acted_on) as last_notice_on,
    from notice_history
    where notice_history.state = 'sent'
    group by notice_history.invoice_id, notice_history.instalment_no
),

titles as (
    select
        decision.as_of_date,
        decision.legal_entity_id,
        decision.customer_id,
        decision.invoice_id,
        decision.instalment_no,
        '09' as movement_code,
        invoice.instrument_ref as our_number,
        decision.invoice_number as document_number,
        open_item.issue_date,
        decision.due_date,
        decision.days_past_due,
        decision.currency,
        open_item.original_amount as nominal_amount,
        least(decision.dunning_exposure_amount, open_item.original_amount) as balance_amount,
        case
            when regexp_full_match(payers.payer_tax_id, '[0-9]{11}') then '1'
            when regexp_full_match(payers.payer_tax_id, '[0-9A-Z]{12}[0-9]{2}') then '2'
        end as payer_tax_id_kind,
        payers.payer_tax_id,
        payers.payer_name,
        payers.payer_address,
        sent_notices.last_notice_step,
        sent_notices.last_notice_on,
    from decision
    inner join open_item
        on decision.invoice_id = open_item.invoice_id
        and decision.instalment_no = open_item.instalment_no
    inner join invoice on decision.invoice_id = invoice.invoice_id
    inner join payers on decision.customer_id = payers.customer_id
    left join sent_notices
        on decision.invoice_id = sent_notices.invoice_id
        and decision.instalment_no = sent_notices.instalment_no
    where $creditor_country = 'BR'
        and decision.currency = 'BRL'
        and open_item.instrument_type = 'boleto'
        and open_item.instrument_status = 'registered'
        and decision.document_type <> 'interest_claim'
        and decision.days_past_due >= greatest($days_past_due_min, 1)
        and decision.dunning_exposure_amount > 0
        and decision.outcome not in ('blocked', 'not_due')
)

select
    titles.*,
    concat_ws(
        ';',
        case when titles.our_number is null then 'our_number' end,
        case when titles.payer_tax_id_kind is null then 'payer_tax_id' end,
        case when titles.payer_address is null then 'payer_address' end
    ) as missing,
from titles
order by titles.due_date, titles.invoice_id, titles.instalment_no
