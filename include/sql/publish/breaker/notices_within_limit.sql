-- More notices than the policy allows in one night.
-- Grain: night
-- Reads: notice
-- Writes: check_result
select
    'notice' as subject,
    case
        when count(distinct notice.notice_id) > $notices_per_night_max then 'stop'
        else 'pass'
    end as outcome,
    count(distinct notice.notice_id) || ' notices; the policy allows '
    || cast($notices_per_night_max as varchar) as finding,
from notice
