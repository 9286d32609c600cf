-- An identifier or a name holds control or direction characters, markup, a formula, a path or mojibake.
-- Grain: customer
-- Reads: customer
-- Writes: warning
select customer.customer_id as row_key
from customer
where regexp_matches(customer.customer_id, $suspicious_text)
    or regexp_matches(customer.name, $suspicious_text)
