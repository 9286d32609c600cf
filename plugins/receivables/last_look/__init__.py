"""The last look: before letters leave, what the ERP says by now is judged as the next night would.

The ERP is read into a folder that is thrown away, and the stages of the night decide about it as of
today. Nothing of it is landed or published: the nights know what they knew.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType

from receivables.connections import Resolver, resolved_url
from receivables.dispatch.frozen import amounts_fault
from receivables.dispatch.notice import Claim
from receivables.dispatch.outbox import Outbox
from receivables.errors import DataError, ReceivablesError, TransientError
from receivables.lake import Extract, Lake
from receivables.last_look.feed import read_feed
from receivables.last_look.look import Look, look
from receivables.settings import Settings, Source


@dataclass(slots=True)
class Reading:
    """What a source said at one moment, and what was found in it so far, by legal entity.

    `cost`: the time that it took, which a reading serves twice over at least, so that half of a
    run's time is for letters however slow the source is.
    """

    taken_at: datetime
    extract: Extract | ReceivablesError
    room: Lake
    looks: dict[str, Look | ReceivablesError] = field(default_factory=dict)
    cost: timedelta = timedelta()

    def serves(self, now: datetime, *, max_age: timedelta) -> bool:
        """Whether it is young enough; what failed is as good for as long."""
        return now - self.taken_at < max(max_age, 2 * self.cost)


class LastLook:
    """Says of a claimed letter why it must not go, or None: the dispatcher's `recheck`.

    A source is read once for all letters of its legal entities, until that is older than
    `mail.last_look_minutes`. To be closed as a context manager: what was read is gone then.
    """

    def __init__(
        self, settings: Settings, *, outbox: Outbox, resolve: Resolver,
        now: Callable[[], datetime], progress: Callable[[str], None],
    ) -> None:
        self._settings, self._outbox, self._resolve = settings, outbox, resolve
        self._now, self._progress = now, progress
        self._readings: dict[str, Reading] = {}
        self._rooms: dict[str, ExitStack] = {}

    def __enter__(self) -> LastLook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for room in self._rooms.values():
            room.close()

    def __call__(self, claim: Claim) -> str | None:
        """Raises TransientError if nobody can tell just now: the letter waits."""
        if fault := amounts_fault(claim, self._outbox.amounts(claim.notice_id)):
            return fault
        minutes = self._settings.mail.last_look_minutes
        if minutes is None:
            return None
        if claim.legal_entity_id not in self._settings.entities:
            raise TransientError(f"{claim.legal_entity_id} is no legal entity of the settings")
        source = self._settings.source_of(claim.legal_entity_id)
        found = self._found(source, claim, max_age=timedelta(minutes=minutes))
        if isinstance(found, ReceivablesError):
            raise TransientError(f"{claim.legal_entity_id}: no last look: {found}")
        return found.objection(claim)

    def _found(
        self, source: Source, claim: Claim, *, max_age: timedelta
    ) -> Look | ReceivablesError:
        """What a look that is young enough, and knew of the letter, found."""
        reading = self._readings.get(source.name)
        if reading is None or not reading.serves(self._now(), max_age=max_age):
            reading = self._read(source)
        found = self._judged(reading, claim.legal_entity_id)
        if isinstance(found, Look) and claim.notice_id not in found.judged:  # it was drafted since
            found = self._judged(self._read(source), claim.legal_entity_id)
        if isinstance(found, Look) and claim.notice_id not in found.judged:
            return DataError("the letter is none of those that wait")
        return found

    def _read(self, source: Source) -> Reading:
        """Read a source anew; what was read of it before is thrown away."""
        room_before = self._rooms.pop(source.name, None)
        if room_before is not None:
            room_before.close()
        taken_at, room = self._now(), ExitStack()
        self._rooms[source.name] = room
        lake = Lake(self._settings.home)
        folder = Lake(room.enter_context(lake.room("last-look")))
        extract: Extract | ReceivablesError
        try:
            extract = read_feed(source, lake=lake, room=folder, now=taken_at, resolve=self._resolve)
        except ReceivablesError as failed:
            extract = failed
        reading = Reading(taken_at, extract, folder, cost=self._now() - taken_at)
        self._readings[source.name] = reading
        return reading

    def _judged(self, reading: Reading, legal_entity_id: str) -> Look | ReceivablesError:
        """What a reading says of a legal entity's letters, worked out when it is asked first."""
        if legal_entity_id not in reading.looks:
            began = self._now()
            reading.looks[legal_entity_id] = self._judge(reading, legal_entity_id)
            reading.cost += self._now() - began
        return reading.looks[legal_entity_id]

    def _judge(self, reading: Reading, legal_entity_id: str) -> Look | ReceivablesError:
        found: Look | ReceivablesError
        try:
            if isinstance(reading.extract, ReceivablesError):
                raise reading.extract
            found = look(
                legal_entity_id, reading.extract, room=reading.room, settings=self._settings,
                outbox_url=resolved_url(self._settings.outbox_url, self._resolve),
            )
            self._progress(f"{legal_entity_id}: {found.sentence}")
        except ReceivablesError as failed:
            self._progress(f"{legal_entity_id}: no last look, its letters wait: {failed}")
            found = failed
        return found
