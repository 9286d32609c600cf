"""The last look: before letters leave, what the ERP says by now is judged as the next night would.

The ERP is read into a folder that is thrown away, and the stages of the night decide about it as of
today. Nothing of it is landed or published: the nights know what they knew.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from receivables.connections import Resolver
from receivables.dispatch.address import mailbox
from receivables.dispatch.frozen import amounts_fault
from receivables.dispatch.notice import Claim, NoticeItem
from receivables.dispatch.outbox import Outbox
from receivables.errors import DataError, ReceivablesError, TransientError
from receivables.extract import land
from receivables.lake import Extract, Lake, Night, instant_name, read_json
from receivables.publish.breaker import limits_of, verdicts
from receivables.publish.overtaken import overtaken_letters, waiting_items
from receivables.replay import rebuild
from receivables.select.policy_kept import keep_policies_of, kept_policies
from receivables.settings import Settings, Source
from receivables.sql import Session, session

# Not read: no decision hangs on it, and to sum a ledger is dear.
UNREAD = ("ledger_balance",)

# Of the breakers, those that tell an ERP with payments lost from one in which people have paid.
FEED_BREAKERS = ("paid_stays_paid", "receipts_never_fall")


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at one legal entity's letters found.

    `overtaken`: of the letters that were `judged`, those that would not be written by now, with the
    reason. `recipients`: the addresses of the active contacts, by customer. `said`: which look.
    """

    judged: frozenset[str]
    overtaken: Mapping[str, str]
    recipients: Mapping[str, Collection[str]] = field(repr=False)
    said: str

    def objection(self, claim: Claim) -> str | None:
        """Why a letter that was judged must not go."""
        reason = self.overtaken.get(claim.notice_id)
        if reason is None and claim.recipient not in self.recipients.get(claim.customer_id, ()):
            reason = "CONTACT_CHANGED"
        return None if reason is None else f"{reason}; {self.said}"


class LastLook:
    """Says of a claimed letter why it must not go, or None: the dispatcher's `recheck`.

    One look at a source serves all letters of its legal entities, until it is older than
    `mail.last_look_minutes`, counted from its beginning.
    """

    def __init__(
        self, settings: Settings, *, outbox: Outbox, resolve: Resolver,
        now: Callable[[], datetime], progress: Callable[[str], None],
    ) -> None:
        self._settings, self._outbox, self._resolve = settings, outbox, resolve
        self._now, self._progress = now, progress
        self._lake = Lake(settings.home)
        self._taken: dict[str, tuple[datetime, Mapping[str, Look | ReceivablesError]]] = {}

    def __call__(self, claim: Claim) -> str | None:
        """Raises TransientError if nobody can tell just now: the letter waits."""
        if fault := amounts_fault(claim, self._outbox.amounts(claim.notice_id)):
            return fault
        minutes = self._settings.mail.last_look_minutes
        if minutes is None:
            return None
        if claim.legal_entity_id not in self._settings.entities:
            raise TransientError(f"{claim.legal_entity_id} is in no source of the settings")
        source = self._settings.source_of(claim.legal_entity_id)
        look = self._newest_look(source, claim, max_age=timedelta(minutes=minutes))
        if isinstance(look, ReceivablesError):
            raise TransientError(f"{claim.legal_entity_id}: no last look: {look}")
        return look.objection(claim)

    def _newest_look(
        self, source: Source, claim: Claim, *, max_age: timedelta
    ) -> Look | ReceivablesError:
        """A look that is young enough and judged the letter; what failed is as good for as long."""
        if source.name in self._taken:
            taken_at, looks = self._taken[source.name]
            look = looks[claim.legal_entity_id]
            judged = isinstance(look, ReceivablesError) or claim.notice_id in look.judged
            if judged and self._now() - taken_at < max_age:
                return look
        taken_at = self._now()
        looks = self._take(source, taken_at)
        self._taken[source.name] = taken_at, looks
        look = looks[claim.legal_entity_id]
        if isinstance(look, Look) and claim.notice_id not in look.judged:
            return DataError("the letter is not among those that wait")
        return look

    def _take(self, source: Source, now: datetime) -> dict[str, Look | ReceivablesError]:
        """Read a source, and judge every letter that waits in one of its legal entities."""
        try:
            with self._lake.room("last-look") as room:
                if source.incremental:
                    _lend_newest_extract(self._lake.landing / source.name, source, room)
                extract = land(
                    source, lake=Lake(room), known_at=now, resolve=self._resolve,
                    progress=_silent, without=UNREAD,
                )
                return {
                    legal_entity_id: self._judge(legal_entity_id, source, extract, Lake(room))
                    for legal_entity_id in source.entities
                }
        except ReceivablesError as failed:
            self._progress(f"{source.name}: no last look: {failed}")
            return dict.fromkeys(source.entities, failed)

    def _judge(
        self, legal_entity_id: str, source: Source, extract: Extract, room: Lake
    ) -> Look | ReceivablesError:
        try:
            return self._look(legal_entity_id, source, extract, room)
        except ReceivablesError as failed:
            self._progress(f"{legal_entity_id}: no last look: {failed}")
            return failed

    def _look(self, legal_entity_id: str, source: Source, extract: Extract, room: Lake) -> Look:
        """Decide as of today, and see which letters the decisions overtake."""
        entity = self._settings.entities[legal_entity_id]
        today = entity.newest_closed_day(extract.known_at) + timedelta(days=1)
        history = self._outbox.history(
            legal_entity_id=legal_entity_id, before=today, known_at=extract.known_at
        )
        waiting = waiting_items(history)
        said = (f"last look {instant_name(extract.known_at)}, "
                f"input {extract.content['input_hash'][:12]}")
        if not waiting:
            return Look(frozenset(), {}, {}, said)
        newest = self._lake.newest_official(legal_entity_id)
        if newest is None:
            raise DataError("no night was published that the letters could be of")
        _refuse_lost_tables(extract, _extract_of(newest, self._lake, source),
                            limits_of(entity, kept_policies(newest, entity)[entity.policy]))
        night = room.night(
            as_of_date=today, legal_entity_id=legal_entity_id, known_at=extract.known_at
        )
        night.folder.mkdir(parents=True)
        keep_policies_of(night, newest)
        rebuild(night, settings=self._settings, extract=extract, history=history,
                progress=_silent)
        look = self._compare(night, newest, waiting, said)
        self._progress(
            f"{legal_entity_id}: {said}: {len(look.judged)} letters wait, "
            f"{len(look.overtaken)} of them would not be written now"
        )
        return look

    def _compare(
        self, night: Night, newest: Night, waiting: Sequence[NoticeItem], said: str
    ) -> Look:
        entity = self._settings.entities[night.legal_entity_id]
        with session(self._lake.scratch) as sql:
            for table in ("decision", "notice_item", "open_item"):
                sql.read(table, night.file(table))
            for table in ("receipt", "contact"):
                sql.read(table, night.file(f"ledger/{table}"))
            policy = kept_policies(newest, entity)[entity.policy]
            _refuse_lost_money(sql, newest, limits_of(entity, policy))
            return Look(
                judged=frozenset(item.notice_id for item in waiting),
                overtaken=overtaken_letters(sql, night, waiting, lake=self._lake),
                recipients=_recipients(sql, {item.customer_id for item in waiting}),
                said=said,
            )


def _lend_newest_extract(folder: Path, source: Source, room: Path) -> None:
    """Let a look build on what was landed last, by links: then it reads only what changed since."""
    for newest in Lake(folder.parents[2]).extracts(source.name)[-1:]:
        lent = Lake(room).landing / source.name
        for table in newest.content["tables"]:
            for part in newest.parts(table):
                (lent / table).mkdir(parents=True, exist_ok=True)
                (lent / table / part.name).symlink_to(part.resolve())
        shutil.copy(folder / f"{newest.extract_id}.json", lent)


def _extract_of(night: Night, lake: Lake, source: Source) -> Mapping[str, int]:
    """How many rows the extract of a night had, by table."""
    file = lake.landing / source.name / f"{night.manifest()['extract_id']}.json"
    if not file.is_file():
        raise DataError(f"{file}: is missing, so nobody can tell whether rows were lost since")
    return {table: entry["rows"] for table, entry in read_json(file)["tables"].items()}


def _refuse_lost_tables(
    extract: Extract, earlier: Mapping[str, int], limits: Mapping[str, object]
) -> None:
    """An ERP with half of a table missing proves nothing: raises DataError, and letters wait."""
    rows_min, share = float(str(limits["lost_rows_min"])), float(str(limits["lost_rows_share"]))
    tables = extract.content["tables"]
    for table, before in earlier.items():
        now = tables.get(table, {"rows": 0})["rows"]
        is_gone = table not in tables or before - now > max(rows_min, before * share)
        if is_gone and table not in (*UNREAD, "malformed_row"):
            raise DataError(f"{table} has {now} rows, and had {before} in the newest night")


def _refuse_lost_money(sql: Session, newest: Night, limits: Mapping[str, object]) -> None:
    """Raises DataError if payments that the newest night knew are gone."""
    for table, name in (
        ("ledger/receipt", "receipt"), ("ledger/invoice", "invoice"), ("open_item", "open_item")
    ):
        sql.read(f"earlier_{name}", newest.file(table))
    sql.connection.execute(
        "create table night as select $d::date as earlier_date", {"d": newest.as_of_date}
    )
    for name in FEED_BREAKERS:
        for verdict in verdicts(sql, name, limits):
            if verdict.is_tripped:
                raise DataError(f"{name}, {verdict.subject}: {verdict.finding}")


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
