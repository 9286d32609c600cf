-- What every customer owed at the end of each month that is over: the last official night of the month.
-- A month is over on its last day, or once a night of a later month is there.
-- Grain: month and open item
-- Reads: night, aging_snapshot
-- Writes: the view v_aging_month_end
with official_nights as (
    select
        night.legal_entity_id,
        night.as_of_date,
        date_trunc('month', night.as_of_date) as month,
        date_trunc(
            'month',
            coalesce(
                lead(night.as_of_date) over (
                    partition by night.legal_entity_id order by night.as_of_date
                ),
                night.as_of_date + 1
            )
        ) as next_month
    from receivables.night
    where not night.is_restated
)

select
    aging_snapshot.as_of_date,
    aging_snapshot.legal_entity_id,
    aging_snapshot.invoice_id,
    aging_snapshot.instalment_no,
    aging_snapshot.customer_id,
    aging_snapshot.invoice_number,
    aging_snapshot.document_type,
    aging_snapshot.issue_date,
    aging_snapshot.due_date,
    aging_snapshot.currency,
    aging_snapshot.original_amount,
    aging_snapshot.open_amount,
    aging_snapshot.days_past_due,
    aging_snapshot.aging_bucket,
    aging_snapshot.disputed_amount,
    aging_snapshot.promised_amount,
    aging_snapshot.on_plan_amount,
    aging_snapshot.interest_amount,
    aging_snapshot.compensation_amount,
    aging_snapshot.instrument_type,
    aging_snapshot.instrument_status,
    aging_snapshot.last_step,
    aging_snapshot.open_amount_group,
    aging_snapshot.exchange_rate,
    aging_snapshot.exchange_rate_date,
    aging_snapshot.known_at,
    aging_snapshot.is_restated,
    aging_snapshot.needs_confirmation,
    cast(official_nights.month + interval '1 month' - interval '1 day' as date) as month_end_date
from receivables.aging_snapshot
inner join official_nights
    on aging_snapshot.legal_entity_id = official_nights.legal_entity_id
    and aging_snapshot.as_of_date = official_nights.as_of_date
where official_nights.month <> official_nights.next_month
    and not aging_snapshot.is_restated
