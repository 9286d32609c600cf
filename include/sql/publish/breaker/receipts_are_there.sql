-- The ERP gave invoices but not one receipt: an empty payments table, not a bad payer.
-- Grain: night
-- Reads: invoice, receipt, allocation, night
-- Writes: check_result
with counts as (
    select
        night.open_amounts_from_source,
        (select count(*) from invoice) as documents,
        (select count(*) from receipt) as receipts,
        (select count(*) from allocation where allocation.source_type = 'receipt') as allocations,
    from night
)

select
    'receipt' as subject,
    case
        when counts.open_amounts_from_source then 'pass'
        when counts.receipts + counts.allocations = 0 and counts.documents > 0 then 'stop'
        else 'pass'
    end as outcome,
    counts.receipts || ' receipts beside ' || counts.documents || ' documents; trips at none'
    || case
        when counts.open_amounts_from_source then ', but the source gives open amounts'
        else ''
    end as finding,
from counts
