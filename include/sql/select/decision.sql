-- What the night decides for every open item, and why; of the reasons that hold, the first stands, and
-- rule_path tells them all. A letter leaves on the morning after, which is what counts for the days
-- between two letters. What is left of a late payment climbs no ladder: it goes with a notice that
-- claims interest anyway.
-- Uncertain cash comes last: it only takes the place of a letter (of tonight, or one that waits in the
-- outbox and is withdrawn then). Every other stop is certain, and stays what is said; nobody is asked
-- about an item that is not written about anyway, so that the list of questions stays short.
-- A customer's answer stands before every letter about what is overdue, due tonight or under way.
-- Grain: open item
-- Reads: open_item, next_step, customer_policy, customer_state, recipient, hold, hold_reason,
--   promise_status, dispute, contact_event, threshold, reason, cash_doubt, cash_doubt_reason
-- Writes: decision
with held_invoices as (
    select
        hold.invoice_id,
        max(hold.held_until) as held_until,
    from hold
    inner join open_item on hold.invoice_id = open_item.invoice_id
    inner join customer_policy on open_item.customer_id = customer_policy.customer_id
    where hold.held_from <= cast($as_of_date as date) + customer_policy.known_since_days
        and hold.held_until > $as_of_date
    group by hold.invoice_id
),

promised_invoices as (
    select
        promise_status.invoice_id,
        max(promise_status.due_on) as promised_until,
    from promise_status
    where promise_status.invoice_id is not null
        and promise_status.status = 'open'
    group by promise_status.invoice_id
),

lately_disputed_invoices as (
    select distinct dispute.invoice_id
    from dispute
    inner join open_item on dispute.invoice_id = open_item.invoice_id
    inner join customer_policy on open_item.customer_id = customer_policy.customer_id
    where dispute.opened_on > $as_of_date
        and dispute.opened_on <= cast($as_of_date as date) + customer_policy.known_since_days
        and dispute.resolved_on is null
),

talks as (
    select
        contact_event.customer_id,
        contact_event.invoice_id,
        max(cast(contact_event.occurred_at as date)) as talked_on,
    from contact_event
    where cast(contact_event.occurred_at as date) <= $as_of_date
    group by contact_event.customer_id, contact_event.invoice_id
),

items as (
    select
        open_item.*,
        lately_disputed_invoices.invoice_id is not null as is_lately_disputed,
        next_step.* exclude (invoice_id, instalment_no, step_due_on),
        coalesce(next_step.step_due_on, 'infinity') as step_due_on,
        customer_state.* exclude (customer_id),
        customer_policy.policy_name,
        customer_policy.policy_version,
        customer_policy.sleeping_after_days,
        coalesce(next_step.min_days_since_last, customer_policy.min_days_between_notices)
            as days_of_peace,
        recipient.contact_id,
        coalesce(steps_threshold.threshold_amount, threshold.threshold_amount) as threshold_amount,
        coalesce(held_invoices.held_until, customer_state.held_until) as hold_ends,
        coalesce(promised_invoices.promised_until, customer_state.promised_until) as promise_ends,
        greatest(next_step.last_step_on, invoices_talk.talked_on, customers_talk.talked_on)
            as last_contacted_on,
        cash_doubt.cash_doubt as own_cash_doubt,
        cash_doubt.advised_on,
        cash_doubt.cash_amount,
        cash_doubt.newest_receipt_on,
    from open_item
    inner join next_step
        on open_item.invoice_id = next_step.invoice_id
        and open_item.instalment_no = next_step.instalment_no
    inner join customer_state on open_item.customer_id = customer_state.customer_id
    inner join customer_policy on open_item.customer_id = customer_policy.customer_id
    left join recipient
        on open_item.customer_id = recipient.customer_id
        and next_step.recipients = recipient.recipients
    left join held_invoices on open_item.invoice_id = held_invoices.invoice_id
    left join promised_invoices on open_item.invoice_id = promised_invoices.invoice_id
    left join lately_disputed_invoices
        on open_item.invoice_id = lately_disputed_invoices.invoice_id
    left join talks as invoices_talk
        on open_item.customer_id = invoices_talk.customer_id
        and open_item.invoice_id = invoices_talk.invoice_id
    left join talks as customers_talk
        on open_item.customer_id = customers_talk.customer_id
        and customers_talk.invoice_id is null
    left join threshold
        on customer_policy.policy_name = threshold.policy_name
        and threshold.step is null
        and open_item.currency = threshold.currency
    left join threshold as steps_threshold
        on customer_policy.policy_name = steps_threshold.policy_name
        and next_step.step = steps_threshold.step
        and open_item.currency = steps_threshold.currency
    left join cash_doubt
        on open_item.invoice_id = cash_doubt.invoice_id
        and open_item.instalment_no = cash_doubt.instalment_no
),

reasoned_items as (
    select
        items.*,
        case
            when items.document_type = 'interest_claim' then 'PAID_LATE'
            when items.is_of_no_policy then 'STEP_NOT_IN_POLICY'
            when items.step is null then 'LADDER_CLIMBED'
            when items.step_due_on > $as_of_date and items.days_past_due <= 0 then 'NOT_DUE'
            when items.step_due_on > $as_of_date then 'STEP_NOT_REACHED'
            when items.dunning_exposure_amount < items.threshold_amount then 'BELOW_THRESHOLD'
            when items.due_reason_code is not null then items.due_reason_code
        end as ladder_reason_code,
        ladder_reason_code is null as is_letter_due,
        items.replied_on is not null
        and items.document_type <> 'interest_claim'
        and (items.days_past_due > 0 or is_letter_due or items.is_in_flight) as is_answered,
        list_filter([
            case when $holds_for_data then items.data_hold_reason end,
            case when $holds_for_data and items.quarantine_reason_code is not null
                then 'DATA_QUARANTINED' end,
            case when items.due_date is null then 'NO_DUE_DATE' end,
            case when items.is_insolvent then 'INSOLVENT' end,
            case when items.is_disputed or items.is_lately_disputed then 'DISPUTED' end,
            case when items.is_on_plan then 'ON_PLAN' end,
            case when items.promise_ends is not null then 'PROMISED' end,
            case when items.hold_ends is not null then 'ON_HOLD' end,
            case when items.is_dunning_blocked then 'DUNNING_BLOCKED' end,
            case when items.in_transit_amount > 0 and items.in_transit_amount >= items.open_amount
                then 'IN_TRANSIT' end,
            case when items.dunning_exposure_amount <= 0 then 'COVERED_BY_CREDIT' end,
            case when is_answered and items.is_complaining then 'COMPLAINED' end,
            case when is_answered and items.is_reply_new then 'REPLY_PENDING' end,
            case when is_answered and items.pause_ends_on is not null and not items.is_reply_new
                then 'REPLIED_LATELY' end,
            case when items.is_in_doubt then 'DELIVERY_UNKNOWN' end,
            case when items.is_in_flight then 'NOTICE_IN_FLIGHT' end,
            case when items.document_type = 'interest_claim' and items.needs_confirmation
                then 'RATE_TO_BE_CONFIRMED' end,
            case when items.document_type = 'interest_claim'
                    and items.dunning_exposure_amount < items.threshold_amount
                then 'BELOW_THRESHOLD' end,
            ladder_reason_code,
            case when is_letter_due and items.is_busy_season then 'BUSY_SEASON' end,
            case when is_letter_due
                    and not items.is_before_due
                    and items.noticed_on + items.days_of_peace > cast($as_of_date as date) + 1
                then 'NOTICED_LATELY' end,
            case when is_letter_due and items.is_contacted_enough then 'CONTACTED_ENOUGH' end,
            case when is_letter_due and not items.is_day_to_write then 'NO_BUSINESS_DAY' end,
            case when is_letter_due and items.contact_id is null then 'NO_CONTACT' end,
            case when is_letter_due and items.is_promise_broken then 'PROMISE_BROKEN' end,
            case when is_letter_due and not items.is_promise_broken then 'STEP_DUE' end
        ], lambda reason_code: reason_code is not null) as reason_codes,
        reason_codes[1] in ('STEP_DUE', 'PROMISE_BROKEN', 'NOTICE_IN_FLIGHT') as is_letter,
    from items
),

doubtful_customers as (
    select distinct reasoned_items.customer_id, reasoned_items.currency
    from reasoned_items
    where reasoned_items.is_letter
        and reasoned_items.own_cash_doubt is not null
),

-- A doubt about one item leaves the customer's others alone, but for those that unapplied money
-- lowers: that money may be what is asked about, and it is not to be counted twice.
doubted_items as (
    select
        reasoned_items.* exclude (own_cash_doubt, reason_codes, step_no, step),
        case
            when not reasoned_items.is_letter then null
            when reasoned_items.own_cash_doubt is not null then reasoned_items.own_cash_doubt
            when doubtful_customers.customer_id is not null and reasoned_items.credited_amount > 0
                then 'shared_cash'
        end as cash_doubt,
        case
            when cash_doubt is null then reasoned_items.reason_codes
            else list_prepend('CASH_UNCERTAIN', reasoned_items.reason_codes)
        end as path,
        path[1] as own_reason_code,
        cash_doubt is not null and reasoned_items.reason_codes[1] = 'NOTICE_IN_FLIGHT'
            as is_withdrawn,
        case when is_withdrawn then reasoned_items.last_step_no else reasoned_items.step_no end
            as step_no,
        case when is_withdrawn then reasoned_items.last_step else reasoned_items.step end as step,
    from reasoned_items
    left join doubtful_customers
        on reasoned_items.customer_id = doubtful_customers.customer_id
        and reasoned_items.currency = doubtful_customers.currency
),

claiming_notices as (
    select
        doubted_items.customer_id,
        max(doubted_items.step_no) as notice_step_no,
        arg_max(doubted_items.step, doubted_items.step_no) as notice_step,
    from doubted_items
    inner join reason on doubted_items.own_reason_code = reason.reason_code
    where reason.outcome = 'selected'
        and not doubted_items.is_before_due
    group by doubted_items.customer_id
    having arg_max(doubted_items.interest_mode, doubted_items.step_no) = 'claim'
),

decided_items as (
    select
        doubted_items.* exclude (step_no, step, is_before_due),
        claiming_notices.customer_id is not null as is_claimed,
        case when is_claimed then 'CLAIMED_WITH_NOTICE' else doubted_items.own_reason_code end
            as reason_code,
        case when is_claimed then claiming_notices.notice_step_no else doubted_items.step_no end
            as step_no,
        case when is_claimed then claiming_notices.notice_step else doubted_items.step end as step,
        doubted_items.is_before_due and not is_claimed as is_before_due,
    from doubted_items
    left join claiming_notices
        on doubted_items.customer_id = claiming_notices.customer_id
        and doubted_items.own_reason_code = 'PAID_LATE'
        and coalesce(doubted_items.last_step_no < claiming_notices.notice_step_no, true)
)

select
    decided_items.as_of_date,
    decided_items.legal_entity_id,
    decided_items.invoice_id,
    decided_items.instalment_no,
    decided_items.customer_id,
    decided_items.invoice_number,
    decided_items.document_type,
    reason.outcome,
    case
        when reason.outcome in ('selected', 'review') then decided_items.step
    end as step,
    decided_items.last_step,
    decided_items.step as next_step,
    decided_items.reason_code,
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(
        reason.reason_text,
        '{replied_on}', coalesce(cast(decided_items.replied_on as varchar), '?')),
        '{pause_ends_on}', coalesce(cast(decided_items.pause_ends_on as varchar), '?')),
        '{cash_doubt}', coalesce(cash_doubt_reason.because, '')),
        '{advised_on}', coalesce(cast(decided_items.advised_on as varchar), '?')),
        '{cash}', coalesce(
            cast(decided_items.cash_amount as varchar) || ' ' || decided_items.currency, '?')),
        '{newest_receipt_on}', coalesce(cast(decided_items.newest_receipt_on as varchar), '?')),
        '{days_past_due}', coalesce(cast(decided_items.days_past_due as varchar), '?')),
        '{next_step}', coalesce(decided_items.step, 'none')),
        '{next_on}', cast(decided_items.step_due_on as varchar)),
        '{last_step}', coalesce(decided_items.last_step, 'none')),
        '{held_until}', coalesce(cast(decided_items.hold_ends as varchar), '?')),
        '{promised_until}', coalesce(cast(decided_items.promise_ends as varchar), '?')),
        '{noticed_on}', coalesce(cast(decided_items.noticed_on as varchar), '?')),
        '{claim}', cast(
            coalesce(decided_items.interest_amount, 0) + decided_items.compensation_amount as varchar
        ) || ' ' || decided_items.currency),
        '{threshold}', coalesce(
            cast(decided_items.threshold_amount as varchar) || ' ' || decided_items.currency, '?'
        )) as reason_text,
    array_to_string(decided_items.path, ' > ') as rule_path,
    decided_items.currency,
    decided_items.open_amount,
    decided_items.dunning_exposure_amount,
    decided_items.days_past_due,
    decided_items.due_date,
    decided_items.step_no,
    decided_items.is_before_due,
    decided_items.channel,
    decided_items.recipients,
    decided_items.last_contacted_on,
    coalesce(
        decided_items.days_past_due > decided_items.sleeping_after_days
        and coalesce(
            decided_items.last_contacted_on + decided_items.sleeping_after_days < $as_of_date, true
        )
        and reason.outcome <> 'selected'
        and not reason.explains_silence,
        false
    ) as is_sleeping,
    decided_items.policy_name,
    decided_items.policy_version,
    decided_items.cash_doubt,
    case when decided_items.cash_doubt is not null then decided_items.advised_on end as advised_on,
    case when decided_items.cash_doubt is not null then decided_items.cash_amount end
        as cash_amount,
    case when decided_items.cash_doubt is not null then decided_items.newest_receipt_on end
        as newest_receipt_on,
from decided_items
inner join reason on decided_items.reason_code = reason.reason_code
left join cash_doubt_reason on decided_items.cash_doubt = cash_doubt_reason.cash_doubt
