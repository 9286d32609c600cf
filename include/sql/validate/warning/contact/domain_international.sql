-- An e-mail domain is not plain ASCII: letters are written to it, but look whose domain it is.
-- Grain: contact
-- Reads: contact
-- Writes: warning
select contact.contact_id as row_key
from contact
where regexp_matches(lower(split_part(contact.email, '@', 2)), '[^\x00-\x7f]|^xn--|\.xn--')
