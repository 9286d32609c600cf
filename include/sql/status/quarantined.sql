-- What is in quarantine.
-- Grain: table and reason
-- Reads: quarantine
-- Writes: the status
select
    quarantine.source_table,
    quarantine.reason_code,
    count(*) as faults,
from quarantine
group by quarantine.source_table, quarantine.reason_code
order by quarantine.source_table, quarantine.reason_code
