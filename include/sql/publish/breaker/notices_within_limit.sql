-- More notices than the policy allows in one night.
-- Grain: one row if tripped
-- Reads: notice
-- Writes: check_result
select
    'notice' as subject,
    count(distinct notice.notice_id) || ' notices; the policy allows '
    || cast($notices_per_night_max as varchar) as finding,
from notice
having count(distinct notice.notice_id) > $notices_per_night_max
