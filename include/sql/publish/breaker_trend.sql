-- Each measure of the night beside the sound nights before it; what a night did not measure was none.
-- Grain: measure and subject
-- Reads: breaker_measure, breaker_history
-- Writes: breaker_trend
with subjects as (
    select breaker_measure.measure, breaker_measure.subject from breaker_measure
    union
    select breaker_history.measure, breaker_history.subject from breaker_history
),

nights as (
    select distinct breaker_history.as_of_date from breaker_history
),

nightly_values as (
    select
        subjects.measure,
        subjects.subject,
        nights.as_of_date,
        coalesce(breaker_history.value, 0) as value,
    from subjects
    cross join nights
    left join breaker_history
        on subjects.measure = breaker_history.measure
        and subjects.subject = breaker_history.subject
        and nights.as_of_date = breaker_history.as_of_date
),

usual_values as (
    select
        nightly_values.measure,
        nightly_values.subject,
        arg_max(nightly_values.value, nightly_values.as_of_date) as latest_value,
        cast(median(nightly_values.value) as decimal(38, 4)) as median_value,
        max(nightly_values.value) as highest_value,
        min(nightly_values.value) as lowest_value,
    from nightly_values
    group by nightly_values.measure, nightly_values.subject
)

select
    subjects.measure,
    subjects.subject,
    coalesce(breaker_measure.value, 0) as value,
    breaker_measure.value is not null as is_measured,
    (select count(*) from nights) as nights,
    usual_values.latest_value,
    usual_values.median_value,
    usual_values.highest_value,
    usual_values.lowest_value,
from subjects
left join breaker_measure
    on subjects.measure = breaker_measure.measure
    and subjects.subject = breaker_measure.subject
left join usual_values
    on subjects.measure = usual_values.measure
    and subjects.subject = usual_values.subject
