-- The notices that the night selected, and what the outbox knows of them.
-- Grain: notice and currency
-- Reads: notice, outbox_notice
-- Writes: notice
select
    notice.as_of_date,
    notice.legal_entity_id,
    notice.notice_id,
    notice.customer_id,
    notice.step,
    notice.cycle,
    notice.channel,
    notice.language,
    notice.recipient_role,
    notice.currency,
    notice.item_count,
    notice.open_amount,
    notice.credit_amount,
    notice.demanded_amount,
    notice.interest_amount,
    outbox_notice.drafted_at,
    coalesce(outbox_notice.status, 'not_drafted') as status,
    outbox_notice.sent_at,
    outbox_notice.message_id,
    notice.interest_mode,
    notice.compensation_amount,
    notice.claimed_amount,
    notice.needs_confirmation,
    notice.approval_role,
    outbox_notice.status_reason,
from notice
left join outbox_notice on notice.notice_id = outbox_notice.notice_id
