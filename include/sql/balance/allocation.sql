-- Allocations by the day from which they count: money pays nothing before it is there.
-- Grain: allocation
-- Reads: booked_allocation, coming_receipt
-- Writes: allocation
select
    booked_allocation.* replace (
        coalesce(
            greatest(booked_allocation.allocation_date, coming_receipt.receipt_date),
            booked_allocation.allocation_date
        ) as allocation_date
    ),
from booked_allocation
left join coming_receipt
    on booked_allocation.source_type = 'receipt'
    and booked_allocation.source_id = coming_receipt.receipt_id
