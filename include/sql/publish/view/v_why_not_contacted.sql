-- Every open item of the newest official night whose letter was not sent, and why.
-- A customer gets at most two letters a night, one for what is overdue and one for what falls due: the
-- item that names a letter's cycle tells which of them it is.
-- Grain: open item
-- Reads: night, decision, aging_snapshot, notice
-- Writes: the view v_why_not_contacted
with newest_nights as (
    select night.legal_entity_id, max(night.as_of_date) as as_of_date
    from receivables.night
    where not night.is_restated
    group by night.legal_entity_id
),

letters as (
    select
        notice.as_of_date,
        notice.legal_entity_id,
        notice.customer_id,
        notice.currency,
        notice.status,
        decision.days_past_due > 0 as is_overdue
    from receivables.notice
    inner join receivables.decision
        on notice.as_of_date = decision.as_of_date
        and notice.legal_entity_id = decision.legal_entity_id
        and notice.customer_id = decision.customer_id
        and notice.cycle = decision.invoice_id || '/' || decision.instalment_no
)

select
    decision.as_of_date,
    decision.legal_entity_id,
    decision.customer_id,
    decision.invoice_id,
    decision.instalment_no,
    aging_snapshot.invoice_number,
    aging_snapshot.due_date,
    decision.days_past_due,
    decision.currency,
    decision.open_amount,
    decision.dunning_exposure_amount,
    decision.last_contacted_on,
    decision.outcome,
    decision.step,
    decision.reason_code,
    letters.status as letter_status,
    case letters.status
        when 'not_drafted' then 'A letter is due, and the night drafted none; check_result says why.'
        when 'drafted' then 'The letter waits for a person to release it.'
        when 'released' then 'The letter waits to be sent.'
        when 'claimed' then 'The letter is being sent.'
        when 'armed' then 'The letter is being sent.'
        when 'unknown' then 'Nobody knows whether the letter arrived; a person decides.'
        when 'failed' then 'The mail server refused the letter for good.'
        when 'expired' then 'The letter was not sent in time; a later night writes afresh.'
        when 'withdrawn' then 'The letter was taken back before it was sent.'
        else decision.reason_text
    end as because,
    decision.rule_path
from receivables.decision
inner join newest_nights
    on decision.legal_entity_id = newest_nights.legal_entity_id
    and decision.as_of_date = newest_nights.as_of_date
left join receivables.aging_snapshot
    on decision.legal_entity_id = aging_snapshot.legal_entity_id
    and decision.as_of_date = aging_snapshot.as_of_date
    and decision.invoice_id = aging_snapshot.invoice_id
    and decision.instalment_no = aging_snapshot.instalment_no
left join letters
    on decision.outcome = 'selected'
    and decision.legal_entity_id = letters.legal_entity_id
    and decision.as_of_date = letters.as_of_date
    and decision.customer_id = letters.customer_id
    and decision.currency = letters.currency
    and (decision.days_past_due > 0) = letters.is_overdue
where coalesce(letters.status, 'none') <> 'sent'
