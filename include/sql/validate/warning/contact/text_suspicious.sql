-- A name or address holds control or direction characters, markup, a formula, a path or mojibake.
-- Lines of a postal address end as lines do.
-- Grain: contact
-- Reads: contact
-- Writes: warning
select contact.contact_id as row_key
from contact
where regexp_matches(contact.name, $suspicious_text)
    or regexp_matches(
        regexp_replace(contact.postal_address, '[\r\n]+', ' ', 'g'), $suspicious_text
    )
