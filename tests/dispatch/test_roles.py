"""Roles on PostgreSQL: the real drafting, dispatching and reviewing run as them, and no more."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy
from drafts import AS_OF, DRAFTED_AT, MORNING, make_draft, minutes
from hostile_smtp import DROP, HostileServer, serving
from receivables.contract import INCLUDE
from receivables.dispatch import schema
from receivables.dispatch.journal import FILE_NAME, Journal
from receivables.dispatch.kept_letter import KeptLetters
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.review import Review
from receivables.dispatch.suppression import BAD_ADDRESS
from receivables.errors import ReceivablesError
from receivables.inbox.box import InboundMessage, Inbox
from receivables.select.outbox_past import OutboxPast
from sqlalchemy.engine import make_url
from test_dispatcher import relay_to, run

SCRIPT = (INCLUDE / "roles" / "outbox.sql").read_text(encoding="utf-8")
ROLES = ("pipeline", "sender", "reviewer", "inbox", "privacy", "reader", "backfill")
EMPTY = ("truncate delivery_event, outbox_item, inbound_message, suppression, dispatch_stop, canary, "
         "outbox")
SPAN = {"legal_entity_id": "DE01", "before": MORNING.date(), "known_at": MORNING}


@dataclass(frozen=True)
class Database:
    """An outbox whose roles have names of their own: roles are the whole server's."""

    url: str
    prefix: str

    def role(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def url_as(self, name: str) -> str:
        url = make_url(self.url)
        options = f"{url.query['options']} -crole={self.role(name)}"
        return url.update_query_dict({"options": options}).render_as_string(hide_password=False)

    def outbox_as(self, name: str) -> closing[Outbox]:
        return closing(Outbox(self.url_as(name)))

    def execute(self, name: str | None, statement: str) -> int:
        engine = sqlalchemy.create_engine(self.url_as(name) if name else self.url)
        try:
            with engine.begin() as connection:
                return connection.exec_driver_sql(statement).rowcount
        finally:
            engine.dispose()


@pytest.fixture(scope="module")
def database(postgres_url: str) -> Iterator[Database]:
    name = f"roles_{secrets.token_hex(4)}"
    owner = sqlalchemy.create_engine(postgres_url)
    with owner.begin() as connection:
        connection.exec_driver_sql(f"create schema {name}")
    url = make_url(postgres_url).update_query_dict({"options": f"-csearch_path={name}"})
    made = Database(url.render_as_string(hide_password=False), f"{name}_")
    with closing(Outbox(made.url)) as outbox:
        outbox.counts()
    for _ in range(2):
        made.execute(None, SCRIPT.replace("receivables_", made.prefix).replace("%", "%%"))
    yield made
    with owner.begin() as connection:
        connection.exec_driver_sql(f"drop schema {name} cascade")
        for role in ROLES:
            connection.exec_driver_sql(f"drop owned by {made.role(role)}")
            connection.exec_driver_sql(f"drop role {made.role(role)}")
    owner.dispose()


@pytest.fixture
def letters(database: Database) -> Database:
    """A letter in each state that matters, and nothing else."""
    with closing(Outbox(database.url)) as outbox:
        database.execute(None, EMPTY)
        outbox.draft([make_draft(n) for n in range(3)])
        for number, state in ((1, "sent"), (2, "unknown")):
            database.execute(None, f"update outbox set state = '{state}', armed_at = drafted_at, "
                                   f"sent_at = drafted_at where customer_id = 'C{number}'")
    return database


def test_drafting_sending_and_reviewing_run_as_their_roles(
    database: Database, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / FILE_NAME)
    drafts = [make_draft(n) for n in range(4)] + [make_draft(9, approval_role="head_of_credit")]
    with database.outbox_as("pipeline") as night:
        assert len(night.draft(drafts).inserted) == 5
        assert night.withdraw(make_draft(3).notice_id, "PAID", now=MORNING)
        assert len(night.history(**SPAN)) == 5
        assert night.thread_items("DE01", ["I1"]) == []
    with database.outbox_as("reviewer") as people:
        assert len(people.waiting()) == 1
        assert people.approve([make_draft(9).notice_id], by="ana", now=MORNING)
    faults = {"rcpt": "550 5.1.1 nobody"}
    with database.outbox_as("sender") as sender, serving(HostileServer()) as server:
        assert run(sender, relay_to(server), journal=journal, limit=1).sent == 1
        server.faults, server.strikes = {"dot": DROP}, 1
        assert run(sender, relay_to(server), journal=journal, limit=1).unknown == 1
        server.faults, server.strikes = faults, 1
        assert run(sender, relay_to(server), journal=journal, limit=1).failed == 1
        assert run(sender, relay_to(server), journal=journal).sent == 1
        assert sender.expire(now=MORNING) == sender.sweep(now=MORNING, older_than=minutes(1)) == 0
    with closing(Review(database.url_as("reviewer"))) as people:
        [letter] = people.unknown()
        until = MORNING + minutes(60)
        assert people.resend(letter.notice_id, until=until, because="says ana", now=MORNING)
        assert people.withdraw(letter.notice_id, "says ana", now=MORNING)
    with database.outbox_as("reader") as reader:
        assert reader.counts() == {"failed": 1, "sent": 2, "withdrawn": 2}
        assert len(reader.notice_states(legal_entity_id="DE01", since=AS_OF)) == 5
    database.execute(None, EMPTY)
    with closing(Review(database.url_as("reviewer"))) as people:
        assert people.restore(journal.lost(people), because="says ana", now=MORNING) == 3
        assert people.counts() == {"unknown": 3}


COPY = ("insert into outbox select (jsonb_populate_record(o, '{\"notice_id\": \"n\", "
        "\"message_id\": \"m\", \"step\": \"demand\"}')).* from outbox o where state = 'sent'")
PROBES = [
    # role | statement | because
    ("pipeline", "update outbox set state = 'sent', sent_at = drafted_at", "only the dispatcher sends"),
    ("pipeline", "update outbox set state = 'released' where state = 'unknown'", "a person decides"),
    ("pipeline", "update outbox set state = 'withdrawn' where state = 'unknown'", "a person decides"),
    ("pipeline", "update outbox set state = 'withdrawn' where state = 'sent'", "it is too late"),
    ("pipeline", "update outbox set state = 'claimed' where state = 'released'", "no short cut"),
    ("pipeline", "update outbox set recipient = 'x@evil.example'", "a letter is frozen"),
    ("pipeline", "update outbox set not_after = '2030-01-01'", "nor does it live longer"),
    ("pipeline", "update outbox set approved_by = 'me'", "a role has to agree"),
    ("pipeline", "delete from outbox", "what was drafted stays"),
    ("pipeline", COPY, "not as sent, whatever it copies"),
    ("sender", "insert into outbox select * from outbox", "only a night drafts"),
    ("sender", "update outbox set recipient = 'x@evil.example'", "not to anybody else"),
    ("sender", "update outbox set message = 'other'", "not another letter"),
    ("sender", "update outbox set not_after = '2030-01-01'", "not when it is too late"),
    ("sender", "update outbox set approved_by = 'me'", "not without an approval"),
    ("sender", "update outbox set state = 'released' where state = 'sent'", "not again"),
    ("sender", "update outbox set state = 'drafted' where state = 'released'", "no way back"),
    ("sender", "update delivery_event set state_to = 'sent'", "events are added only"),
    ("sender", "delete from delivery_event", "events are added only"),
    ("sender", "update outbox_item set amount = '0'", "not other amounts"),
    ("sender", "delete from outbox", "nothing vanishes"),
    ("reviewer", "update outbox set recipient = 'x@evil.example'", "the same letter or none"),
    ("reviewer", "update outbox set message = 'other'", "the same bytes or none"),
    ("reviewer", "delete from outbox", "nothing vanishes"),
    ("reviewer", "delete from delivery_event", "what was said stays"),
    ("reader", "select recipient from outbox", "addresses are personal data"),
    ("reader", "select cc from outbox", "addresses are personal data"),
    ("reader", "select message from outbox", "so are the words"),
    ("reader", "select subject from outbox", "so are the words"),
    ("reader", "update outbox set state = 'withdrawn'", "it reads"),
    ("inbox", "update outbox set state = 'released' where state = 'unknown'", "a person decides"),
    ("inbox", "update outbox set state = 'withdrawn' where state = 'released'", "it did not go"),
    ("inbox", "update outbox set recipient = 'x@evil.example'", "a letter is frozen"),
    ("inbox", "update suppression set lifted_at = since", "people lift them"),
    ("inbox", "update inbound_message set state = 'confirmed'", "people confirm"),
    ("privacy", "update outbox set message = '' where state in ('released', 'unknown')",
     "what is not over is kept"),
    ("privacy", "update outbox set state = 'released'", "it sends nothing"),
    ("privacy", "delete from outbox", "that a letter went stays known"),
    ("sender", "update suppression set lifted_at = since", "people lift them"),
    ("reader", "select address from suppression", "addresses are personal data"),
    ("backfill", "select recipient from outbox", "it writes to nobody"),
    ("backfill", "insert into outbox_item select * from outbox_item", "nor can it draft"),
    ("backfill", "update outbox set state = 'released'", "nor send what was drafted"),
    ("backfill", "update outbox set state = 'withdrawn'", "nor take back"),
    ("backfill", "create table outbox (notice_id text)", "nor make one of its own"),
]


@pytest.mark.parametrize(
    ("role", "statement", "because"), PROBES, ids=[f"{row[0]}: {row[1]}" for row in PROBES]
)
def test_what_each_role_must_not_do(
    letters: Database, role: str, statement: str, because: str
) -> None:
    """It is refused, or finds no letter that it could do it to."""
    try:
        assert letters.execute(role, statement) == 0, because
    except sqlalchemy.exc.ProgrammingError as refused:
        assert refused.orig is not None
        assert refused.orig.sqlstate in ("42501", "42P01", "3F000"), because


def test_a_backfill_knows_what_was_and_cannot_draft_through_the_product(letters: Database) -> None:
    past = OutboxPast.read(letters.url_as("backfill"), **SPAN)
    assert len(past.notices) == 3 and past.suppressions == past.messages == []
    with letters.outbox_as("backfill") as outbox, pytest.raises(ReceivablesError):
        outbox.draft([make_draft(7)])


def test_what_comes_back_is_recorded_and_what_is_over_is_forgotten_as_their_roles(
    letters: Database,
) -> None:
    sent = make_draft(1).notice_id
    came_back = InboundMessage(
        inbound_id="m1", received_at=MORNING, kind="bounce", classified="address", rule="dsn",
        notice_id=sent,
    )
    with closing(Inbox(letters.url_as("inbox"))) as inbox:
        inbox.record(came_back, letter_state="failed", reply="5.1.1")
        inbox.suppress(make_draft(1).recipient, reason=BAD_ADDRESS, since=MORNING, until=None,
                       evidence="5.1.1")
        inbox.stop("a mail server refuses us", now=MORNING)
    with closing(Inbox(letters.url_as("reviewer"))) as people:
        assert people.resolve("m1", outcome=None, because="read", now=MORNING)
        assert people.lift_suppression(make_draft(1).recipient, because="mended", now=MORNING)
        assert people.resume("mended", now=MORNING)
    with closing(KeptLetters(letters.url_as("privacy"))) as kept:
        assert kept.remove_bodies([sent], because="retention", now=MORNING) == (sent,)
        kept.forget_suppressions([make_draft(1).recipient])
        assert kept.suppressed([make_draft(1).recipient]) == []


def test_the_script_knows_every_table_and_column() -> None:
    """A new one needs a decision: who may read it, who may change it."""
    for table in schema.metadata.tables.values():
        assert f" {table.name}" in SCRIPT, table.name
    kept = {"recipient", "cc", "message", "subject", "sender", "released_by", "release_reason",
            "last_reply", "claim_token", "claimed_until", "approved_by"}
    granted = SCRIPT.rpartition("grant select (")[2].partition(")")[0]
    columns = {column.name for column in schema.outbox.columns}
    assert columns == kept | {name.strip() for name in granted.split(",")}


def test_the_instant_of_drafting_is_the_only_clock(database: Database) -> None:
    """The owner's checks hold for every role: a night of long ago cannot be drafted."""
    with database.outbox_as("pipeline") as night, pytest.raises(ReceivablesError, match="2025"):
        night.draft([make_draft(8, as_of_date=AS_OF.replace(year=2025), drafted_at=DRAFTED_AT)])
