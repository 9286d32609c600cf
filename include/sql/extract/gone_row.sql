-- Fingerprints whose rows, as known so far, stand no more.
-- Grain: row_fingerprint
-- Reads: changed_fingerprint
-- Writes: landing gone
select row_fingerprint
from changed_fingerprint
where rows_known > 0
