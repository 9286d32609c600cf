-- Receipts that are booked already but dated after the day, as post-dated cheques are.
-- Grain: receipt
-- Reads: receipt
-- Writes: coming_receipt
select receipt.receipt_id, receipt.receipt_date
from receipt
where receipt.receipt_date > $as_of_date
