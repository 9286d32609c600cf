-- Customers that lines which were not even rows may be about: a field of the line is the customer's
-- id, or the id of a document of theirs.
-- Grain: line, file and customer
-- Reads: malformed_row, customer, invoice, receipt, promise, agreement, night
-- Writes: named_customer
with fields as (
    select distinct
        malformed_row.source_file,
        malformed_row.source_row,
        trim(unnest(regexp_split_to_array(malformed_row.raw_text, '[,;\t|"]+'))) as field,
    from malformed_row
),

customer_names as (
    select customer.customer_id as field, customer.customer_id
    from customer
    union
    select invoice.invoice_id as field, invoice.customer_id
    from invoice
    union
    select receipt.receipt_id as field, receipt.customer_id
    from receipt
    union
    select promise.promise_id as field, promise.customer_id
    from promise
    union
    select agreement.agreement_id as field, agreement.customer_id
    from agreement
)

select distinct
    fields.source_file,
    fields.source_row,
    customer_names.customer_id,
from fields
inner join customer_names on fields.field = customer_names.field
