"""One look at a legal entity's letters: which of them the next night would not write any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from receivables.dispatch.address import mailbox
from receivables.dispatch.notice import Claim, NoticeItem
from receivables.errors import DataError
from receivables.inbox.box import KnownMessage
from receivables.lake import Extract, Lake, Night, instant_name
from receivables.last_look.feed import (
    is_as_landed,
    landed_tables,
    refuse_lost_money,
    refuse_lost_tables,
)
from receivables.publish.breaker import limits_of
from receivables.publish.overtaken import overtaken_letters, waiting_items
from receivables.replay import rebuild
from receivables.select.outbox_past import OutboxPast
from receivables.select.policy_kept import keep_policies_of, kept_policies
from receivables.settings import Settings
from receivables.settings_kept import KeptSettings
from receivables.sql import Session, session


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found.

    `overtaken`: of the letters that were `judged`, those that would not be written by now, with the
    reason code. `recipients`: the addresses of the active contacts, by customer. `said`: when it
    was, and a fingerprint of what the source said.
    """

    judged: frozenset[str]
    overtaken: Mapping[str, str]
    recipients: Mapping[str, Collection[str]] = field(repr=False)
    said: str

    @property
    def sentence(self) -> str:
        """The look in one line."""
        return (f"{self.said}: of {len(self.judged)} letters that wait, {len(self.overtaken)} "
                "would not be written now")

    def objection(self, claim: Claim) -> str | None:
        """Why a letter that was judged must not go: the reason code, and which look found it."""
        reason = self.overtaken.get(claim.notice_id)
        if reason is None and claim.recipient not in self.recipients.get(claim.customer_id, ()):
            reason = "CONTACT_CHANGED"
        return None if reason is None else f"{reason}; {self.said}"


def look(
    legal_entity_id: str, extract: Extract, *, room: Lake, settings: Settings, outbox_url: str
) -> Look:
    """Judge every letter of a legal entity that waits, by what was just read into a room.

    The stages of the night decide as of today; where the source says what it said to the newest
    sound night, that night's decisions stand. Raises DataError if what was read cannot be believed.
    """
    entity, lake = settings.entities[legal_entity_id], Lake(settings.home)
    today = entity.newest_closed_day(extract.known_at) + timedelta(days=1)
    said = f"last look {instant_name(extract.known_at)}, input {extract.content['input_hash'][:12]}"
    past = OutboxPast.read(
        outbox_url, legal_entity_id=legal_entity_id, before=today, known_at=extract.known_at
    )
    waiting = waiting_items(past.notices)
    if not waiting:
        return Look(frozenset(), {}, {}, said)
    newest = next(lake.sound(legal_entity_id, before=today), None)
    if newest is None:
        raise DataError("there is no sound night to compare with what the source says now")
    landed = landed_tables(newest, lake)
    with session(lake.scratch) as sql:
        is_alike = is_as_landed(sql, extract, newest, landed, today=today)
        if is_alike and knew_the_same(sql, newest, past.messages):
            earlier = [item for item in waiting if item.as_of_date < newest.as_of_date]
            return replace(_judge(newest, waiting, earlier, said, lake), said=f"{said}, as landed")
    limits = limits_of(entity, kept_policies(newest, entity)[entity.policy])
    refuse_lost_tables(extract, landed, limits)
    night = room.night(
        as_of_date=today, legal_entity_id=legal_entity_id, known_at=extract.known_at
    )
    night.folder.mkdir(parents=True)
    keep_policies_of(night, newest)
    kept = KeptSettings.of(settings, legal_entity_id)
    rebuild(
        night, kept=kept, source=kept.source(settings), extract=extract, past=past,
        scratch=lake.scratch, progress=_silent,
    )
    with session(lake.scratch) as sql:
        sql.read("receipt", night.file("ledger/receipt"))
        sql.read("open_item", night.file("open_item"))
        refuse_lost_money(sql, newest, limits)
    return _judge(night, waiting, waiting, said, lake)


def knew_the_same(sql: Session, night: Night, messages: Sequence[KnownMessage]) -> bool:
    """Whether customers have answered nothing, and nobody has read an answer, since a night."""
    sql.read("inbound_message", night.file("inbound_message"))
    known = sql.rows("last_look/known_message")
    return [tuple(row.values()) for row in known] == [
        (message.inbound_id, message.state, message.outcome) for message in messages
    ]


def _judge(
    night: Night, waiting: Sequence[NoticeItem], earlier: Sequence[NoticeItem], said: str,
    lake: Lake,
) -> Look:
    """Judge letters by a night's decisions; those that are not of an `earlier` one are its own."""
    with session(lake.scratch) as sql:
        for table in ("decision", "notice_item"):
            sql.read(table, night.file(table))
        sql.read("contact", night.file("ledger/contact"))
        return Look(
            judged=frozenset(item.notice_id for item in waiting),
            overtaken=overtaken_letters(sql, night, earlier, lake=lake),
            recipients=_recipients(sql, {item.customer_id for item in waiting}),
            said=said,
        )


def _recipients(sql: Session, customer_ids: Collection[str]) -> dict[str, set[str]]:
    """The addresses of the active contacts of some customers."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in sql.rows("last_look/active_contact", customer_ids=sorted(customer_ids)):
        try:
            found[row["customer_id"]].add(
                mailbox(row["email"], owner=f"contact {row['contact_id']}")
            )
        except DataError:  # no letter can have gone there
            continue
    return found


def _silent(_line: str) -> None:
    """A look is no night: it has nothing to say of its stages."""
