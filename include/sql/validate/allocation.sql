-- Allocations, with whether both of their ends are known and share a currency that has such amounts.
-- Grain: landed row
-- Reads: checked, invoice, receipt, currency
-- Writes: probe
select
    checked.*,
    invoice.invoice_id is not null as invoice_is_known,
    case checked.source_type
        when 'receipt' then receipt.receipt_id is not null
        when 'credit_note' then credit_note.invoice_id is not null
        else true
    end as source_is_known,
    coalesce(
        coalesce(receipt.currency, credit_note.currency) = invoice.currency,
        true
    ) as currency_agrees,
    coalesce(
        length(rtrim(split_part(checked.amount, '.', 2), '0')) <= currency.exponent,
        true
    ) as amount_fits_currency,
    coalesce(
        invoice.customer_id, receipt.customer_id, credit_note.customer_id
    ) as held_customer_id,
from checked
left join invoice
    on checked.legal_entity_id = invoice.legal_entity_id
    and checked.invoice_id = invoice.invoice_id
left join receipt
    on checked.legal_entity_id = receipt.legal_entity_id
    and checked.source_type = 'receipt'
    and checked.source_id = receipt.receipt_id
left join invoice as credit_note
    on checked.legal_entity_id = credit_note.legal_entity_id
    and checked.source_type = 'credit_note'
    and checked.source_id = credit_note.invoice_id
    and credit_note.document_type = 'credit_note'
left join currency on invoice.currency = currency.currency
