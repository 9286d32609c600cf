"""The outbox's tables, on SQLite and PostgreSQL, and the locks that the database itself holds."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
    inspect,
    text,
)
from sqlalchemy.schema import CreateColumn
from sqlalchemy.types import TypeDecorator

from receivables.dispatch.notice import DRAFTED, EXPIRED, STATES, VOID_STATES, WITHDRAWN

UNAPPROVED_STATES = (DRAFTED, EXPIRED, WITHDRAWN)
# Any constant will do, as long as nothing else in the database locks on the same one.
SCHEMA_LOCK, DRAFT_LOCK = 7_305_110_001, 7_305_110_002
SUPPRESSION_LOCK, STOP_LOCK, CANARY_LOCK = 7_305_110_003, 7_305_110_004, 7_305_110_005


class Instant(TypeDecorator[datetime]):
    """An instant: aware UTC in Python; on SQLite text of a fixed width, so that it sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _listed(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)


metadata = MetaData()

# The lock on what waits for approval is a column's, for it comes with the column to an outbox that
# an older version made.
_unapproved = (
    f"approval_role is null or approved_by <> '' or state in ({_listed(UNAPPROVED_STATES)})"
)
_approval = (
    Column("approval_role", Text),
    Column("approved_by", Text),
    Column(
        "approved_at", Instant,
        CheckConstraint(f"coalesce({_unapproved}, false)", name="outbox_approved_before_it_leaves"),
    ),
)

# Two of the locks on drafting stand here, where no bug of ours can pass them: only a live run, and
# only for a business day that ended just before the draft was written. UTC may lag the entity's
# day (hence 0); weekends and a late start of the night are the reason for 3.
outbox = Table(
    "outbox",
    metadata,
    Column("notice_id", Text, primary_key=True),
    Column("legal_entity_id", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("cycle", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("run_kind", Text, nullable=False),
    Column("as_of_date", Date, nullable=False),
    Column("known_at", Instant, nullable=False),
    Column("drafted_at", Instant, nullable=False),
    Column("drafted_on", Date, nullable=False),
    Column("not_after", Instant, nullable=False),
    Column("send_window", Text),
    Column("released_by", Text),
    Column("release_reason", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("recipient_role", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("amount_text", Text, nullable=False),
    Column("message_id", Text, nullable=False, unique=True),
    Column("subject", Text, nullable=False),
    Column("message", LargeBinary, nullable=False),
    Column("body_sha256", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("claim_token", Text),
    Column("claimed_until", Instant),
    Column("armed_at", Instant),
    Column("sent_at", Instant),
    Column("attempt_count", Integer, nullable=False, default=0),
    Column("not_before", Instant),
    Column("last_reply", Text),
    Column("cc", Text),
    Column("thread_id", Text),
    Column("language_asked", Text),
    Column("body_removed_at", Instant),
    *_approval,
    Column("canary_began_at", Instant),
    CheckConstraint(f"state in ({_listed(STATES)})", name="outbox_state"),
    CheckConstraint("run_kind = 'live'", name="outbox_run_is_live"),
    CheckConstraint("release_reason <> ''", name="outbox_release_has_a_reason"),
    CheckConstraint("state <> 'sent' or sent_at is not null", name="outbox_sent_has_its_instant"),
    CheckConstraint(
        "drafted_on - as_of_date between 0 and 3", name="outbox_day_is_fresh"
    ).ddl_if(dialect="postgresql"),
    CheckConstraint(
        "cast(drafted_at at time zone 'UTC' as date) = drafted_on", name="outbox_drafted_on"
    ).ddl_if(dialect="postgresql"),
    CheckConstraint(
        "julianday(drafted_on) - julianday(as_of_date) between 0 and 3", name="outbox_day_is_fresh"
    ).ddl_if(dialect="sqlite"),
    CheckConstraint("substr(drafted_at, 1, 10) = drafted_on", name="outbox_drafted_on").ddl_if(
        dialect="sqlite"
    ),
)

_not_void = text(f"state not in ({_listed(VOID_STATES)})")
Index(
    "outbox_one_notice_a_step",
    outbox.c.legal_entity_id,
    outbox.c.customer_id,
    outbox.c.step,
    outbox.c.cycle,
    unique=True,
    postgresql_where=_not_void,
    sqlite_where=_not_void,
)
Index("outbox_by_state", outbox.c.state, outbox.c.drafted_at, outbox.c.notice_id)

# `amount` is text: exact on both engines, with the currency's own number of decimals.
outbox_item = Table(
    "outbox_item",
    metadata,
    Column("notice_id", Text, ForeignKey("outbox.notice_id"), primary_key=True),
    Column("legal_entity_id", Text, nullable=False),
    Column("invoice_id", Text, primary_key=True),
    Column("instalment_no", Integer, primary_key=True),
    Column("step", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", Text, nullable=False),
    Column("is_void", Boolean, nullable=False),
)
Index(
    "outbox_item_dunned_once_a_step",
    outbox_item.c.legal_entity_id,
    outbox_item.c.invoice_id,
    outbox_item.c.instalment_no,
    outbox_item.c.step,
    unique=True,
    postgresql_where=outbox_item.c.is_void == false(),
    sqlite_where=text("is_void = 0"),
)

delivery_event = Table(
    "delivery_event",
    metadata,
    Column("event_id", Integer, primary_key=True, autoincrement=True),
    Column("notice_id", Text, ForeignKey("outbox.notice_id"), nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("state_from", Text),
    Column("state_to", Text, nullable=False),
    Column("reply", Text),
)
Index("delivery_event_by_notice", delivery_event.c.notice_id, delivery_event.c.event_id)

# Addresses that no letter goes to; a row is added or lifted, and stays.
suppression = Table(
    "suppression",
    metadata,
    Column("suppression_id", Integer, primary_key=True, autoincrement=True),
    Column("address", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("evidence", Text, nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_because", Text),
)
Index("suppression_by_address", suppression.c.address)

dispatch_stop = Table(
    "dispatch_stop",
    metadata,
    Column("stop_id", Integer, primary_key=True, autoincrement=True),
    Column("stopped_at", Instant, nullable=False),
    Column("because", Text, nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_because", Text),
)

canary = Table(
    "canary",
    metadata,
    Column("began_at", Instant, primary_key=True),
    Column("letters", Integer, nullable=False),
    Column("waits_until", Instant),
    Column("ended_at", Instant),
)


def create(engine: Engine) -> None:
    """Create what is missing, tables or columns that a newer version added; safe when several
    processes do so at once.
    """
    with engine.execution_options(is_write=True).begin() as connection:
        lock(connection, SCHEMA_LOCK)
        metadata.create_all(connection)
        known = {column["name"] for column in inspect(connection).get_columns("outbox")}
        for column in outbox.columns:
            if column.name not in known:
                added = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"alter table outbox add column {added}")


def lock(connection: Connection, key: int) -> None:
    """One transaction at a time; on SQLite, writers queue up anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": key})


