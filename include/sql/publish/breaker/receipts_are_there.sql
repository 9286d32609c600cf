-- The ERP gave invoices but not one receipt: an empty payments table, not a bad payer.
-- Grain: one row if tripped
-- Reads: invoice, receipt, allocation, night
-- Writes: check_result
select
    'receipt' as subject,
    'no receipt at all beside ' || (select count(*) from invoice) || ' documents' as finding,
from night
where not night.open_amounts_from_source
    and (select count(*) from receipt) = 0
    and (select count(*) from allocation where source_type = 'receipt') = 0
    and (select count(*) from invoice) > 0
