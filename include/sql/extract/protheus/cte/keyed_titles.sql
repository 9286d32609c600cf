-- A title is one instalment; a document is all titles of one number, type and customer.
-- Grain: title
-- Reads: titles
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    titles.*,
    branch || '-' || prefixo || '-' || num || '-' || parcela || '-' || tipo || '-' || cliente
    || '-' || loja as title_id,
    branch || '-' || prefixo || '-' || num || case
        when side = 'abatement' then '-' || parcela
        else ''
    end || '-' || tipo || '-' || cliente || '-' || loja as document_id,
    cliente || '-' || loja as customer_id
from titles
