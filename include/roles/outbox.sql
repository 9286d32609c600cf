-- Roles for the outbox on PostgreSQL: each part of the product may do to it what it does, and no more.
--
-- Run it once as the owner of the outbox's tables, after they were made (`receivables status` makes them),
-- and again after an upgrade; it can be repeated:
--     psql --set ON_ERROR_STOP=1 --dbname DATABASE --file include/roles/outbox.sql
-- Then grant each role to the login of that part (`grant receivables_sender to airflow_dispatch`) and
-- give each part its own connection (outbox_url: connection://receivables_outbox).
-- SQLite knows no roles: there, only a file's permissions and the checks in the tables help.
--
-- receivables_pipeline  the night: drafts letters, and takes back those that it would not write any more
-- receivables_sender    `receivables dispatch`: hands letters over; changes neither words nor recipients
-- receivables_reviewer  people: `receivables approve` and `receivables review`
-- receivables_inbox     `receivables inbox read`: records what came back, and takes back what did not arrive
-- receivables_privacy   `receivables privacy`: exports, and removes the text of letters that are over
-- receivables_reader    what was sent when, without addresses and words
-- receivables_backfill  what a rebuilt night has to know; it cannot write to anybody, not even by mistake

do $$
declare
    role_name text;
begin
    foreach role_name in array array[
        'receivables_pipeline', 'receivables_sender', 'receivables_reviewer', 'receivables_inbox',
        'receivables_privacy', 'receivables_reader', 'receivables_backfill'
    ] loop
        begin
            execute format('create role %I nologin', role_name);
        exception when duplicate_object or unique_violation then
            null;
        end;
        execute format(
            'revoke all on outbox, outbox_item, delivery_event, suppression, dispatch_stop, canary, '
            'inbound_message from %I', role_name
        );
    end loop;
    execute format(
        'grant usage on schema %I to receivables_pipeline, receivables_sender, receivables_reviewer, '
        'receivables_inbox, receivables_privacy, receivables_reader, receivables_backfill',
        current_schema()
    );
end
$$;

revoke all on outbox, outbox_item, delivery_event, suppression, dispatch_stop, canary, inbound_message
    from public;

-- The night. Which rows it may change, the policies below say.
grant select, insert on outbox, outbox_item to receivables_pipeline;
grant update (state) on outbox to receivables_pipeline;
grant update (is_void) on outbox_item to receivables_pipeline;

-- The dispatcher.
grant select on outbox, outbox_item to receivables_sender;
grant update (
    state, claim_token, claimed_until, armed_at, sent_at, attempt_count, not_before, last_reply,
    canary_began_at
) on outbox to receivables_sender;
grant update (is_void) on outbox_item to receivables_sender;

-- People. They insert when an outbox that was restored from a backup is made whole.
grant select, insert on outbox, outbox_item to receivables_reviewer;
grant update (
    state, claim_token, claimed_until, armed_at, sent_at, attempt_count, not_before, not_after,
    last_reply, body_sha256, approved_by, approved_at
) on outbox to receivables_reviewer;
grant update on outbox_item to receivables_reviewer;

-- What comes back: a letter did not arrive, or may not have.
grant select on outbox, outbox_item to receivables_inbox;
grant update (state, last_reply) on outbox to receivables_inbox;
grant update (is_void) on outbox_item to receivables_inbox;
grant select, insert on inbound_message to receivables_inbox;

-- Privacy: of letters that are over, the text, the addresses, and addresses that a relay repeated.
grant select on outbox, outbox_item, inbound_message to receivables_privacy;
grant update (message, recipient, cc, last_reply, body_removed_at) on outbox to receivables_privacy;
grant update (reply) on delivery_event to receivables_privacy;

-- Whatever happens to a letter is added to its events; nobody removes one.
grant select, insert on delivery_event
    to receivables_pipeline, receivables_sender, receivables_reviewer, receivables_inbox,
    receivables_privacy;
grant usage on sequence delivery_event_event_id_seq
    to receivables_pipeline, receivables_sender, receivables_reviewer, receivables_inbox,
    receivables_privacy;

-- Where no letter goes, and when none leaves at all; people lift both.
grant select on suppression, dispatch_stop, canary, inbound_message
    to receivables_pipeline, receivables_sender, receivables_reviewer, receivables_inbox,
    receivables_privacy, receivables_backfill;
grant delete on suppression to receivables_privacy;
grant insert on suppression, dispatch_stop to receivables_sender, receivables_inbox;
grant usage on sequence suppression_suppression_id_seq, dispatch_stop_stop_id_seq
    to receivables_sender, receivables_inbox;
grant insert, update on canary to receivables_sender;
grant update on canary to receivables_reviewer;
grant update (lifted_at, lifted_because) on dispatch_stop to receivables_sender, receivables_reviewer;
grant update (lifted_at, lifted_because) on suppression to receivables_reviewer;
grant update (state, outcome, because, resolved_at) on inbound_message to receivables_reviewer;

grant select (
    notice_id, legal_entity_id, customer_id, step, cycle, generation, run_kind, as_of_date, known_at,
    drafted_at, drafted_on, not_after, send_window, channel, language, recipient_role, amount_text,
    message_id, thread_id, body_sha256, state, armed_at, sent_at, attempt_count, not_before,
    approval_role, approved_at, language_asked, body_removed_at, canary_began_at
) on outbox to receivables_reader, receivables_backfill;
grant select on outbox_item, delivery_event to receivables_reader, receivables_backfill;

-- Which letters each may change, and into what.
alter table outbox enable row level security;
drop policy if exists outbox_read on outbox;
create policy outbox_read on outbox for select using (true);
drop policy if exists outbox_draft on outbox;
create policy outbox_draft on outbox for insert to receivables_pipeline
    with check (state in ('drafted', 'released'));
drop policy if exists outbox_take_back on outbox;
create policy outbox_take_back on outbox for update to receivables_pipeline
    using (state in ('drafted', 'released', 'claimed'))
    with check (state = 'withdrawn');
drop policy if exists outbox_send on outbox;
create policy outbox_send on outbox for update to receivables_sender
    using (state in ('drafted', 'released', 'claimed', 'armed', 'unknown'))
    with check (state <> 'drafted');
drop policy if exists outbox_came_back on outbox;
create policy outbox_came_back on outbox for update to receivables_inbox
    using (state in ('sent', 'unknown'))
    with check (state in ('failed', 'unknown'));
drop policy if exists outbox_forget on outbox;
create policy outbox_forget on outbox for update to receivables_privacy
    using (state in ('sent', 'failed', 'expired', 'withdrawn'));
drop policy if exists outbox_review on outbox;
create policy outbox_review on outbox for update to receivables_reviewer using (true);
drop policy if exists outbox_restore on outbox;
create policy outbox_restore on outbox for insert to receivables_reviewer
    with check (state in ('failed', 'unknown'));
