-- The language that is noted for a party.
-- Grain: party
-- Reads: party_party_lang, ir_lang
-- Writes: nothing; a CTE of the SELECTs beside this folder
select distinct on (party_lang.party) party_lang.party, language.code
from party_party_lang as party_lang
inner join ir_lang as language on party_lang.lang = language.id
order by party_lang.party, party_lang.id
