"""A run: which business day, as known when, asked for by whom; and the nights it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from receivables.connections import Resolver
from receivables.errors import DataError, WrongUse
from receivables.lake import Extract, Lake, Night, instant_name
from receivables.settings import Entity, Settings, Source

# The release of a run that the schedule started; any other is a person's reason.
SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class Run:
    """What was asked for: a business day, by whom, and the one clock reading that counts.

    `release` says why notices may be drafted ("schedule", or a person's reason); None forbids it.
    `known_at` asks for the night as known then; `reuse_landed` (a backfill) takes the first extract
    that was landed after the day closed, where there is one, instead of reading the ERP again.
    """

    settings: Settings
    as_of_date: date
    now: datetime
    resolve: Resolver
    progress: Callable[[str], None]
    known_at: datetime | None = None
    release: str | None = None
    reuse_landed: bool = False

    @property
    def lake(self) -> Lake:
        return Lake(self.settings.home)

    def entity(self, legal_entity_id: str) -> Entity:
        try:
            return self.settings.entities[legal_entity_id]
        except KeyError:
            known = ", ".join(self.settings.entities)
            raise WrongUse(
                f"{legal_entity_id!r} is no legal entity of {self.settings.file}; there are {known}"
            ) from None


def closed_at(as_of_date: date, time_zone: str) -> datetime:
    """The instant at which a day ended in a time zone."""
    midnight = datetime.combine(as_of_date + timedelta(days=1), time(), ZoneInfo(time_zone))
    return midnight.astimezone(UTC)


def night_of(run: Run, legal_entity_id: str) -> Night:
    """The night folder that a run works on.

    Raises WrongUse if the day, or the knowledge asked for, is not there yet, and DataError if the
    official night was never opened: run `extract` for the day first.
    """
    refuse_unfinished_day(run, run.entity(legal_entity_id))
    if run.known_at is not None:
        if run.known_at > run.now:
            raise WrongUse(f"{run.known_at.isoformat()} is to come: nobody knows that much yet")
        return run.lake.night(
            as_of_date=run.as_of_date, legal_entity_id=legal_entity_id, known_at=run.known_at
        )
    night = official_night(run, legal_entity_id)
    if night is None:
        raise DataError(
            f"{run.as_of_date} {legal_entity_id}: nothing was extracted for this day; "
            f"run `receivables extract --as-of {run.as_of_date}` first"
        )
    return night


def official_night(run: Run, legal_entity_id: str) -> Night | None:
    """The official night of the run's day, if it was opened."""
    return run.lake.official(as_of_date=run.as_of_date, legal_entity_id=legal_entity_id)


def is_restated(run: Run, night: Night) -> bool:
    """Only the official night is not: knowledge that somebody asked for never takes its place."""
    official = official_night(run, night.legal_entity_id)
    return official is None or official.known_at != night.known_at


def is_over(run: Run, entity: Entity) -> bool:
    """Whether the run's day has ended where the legal entity is."""
    return run.as_of_date <= entity.newest_closed_day(run.now)


def refuse_unfinished_day(run: Run, entity: Entity) -> None:
    """Raises WrongUse if the run's day has not ended where the legal entity is."""
    if not is_over(run, entity):
        raise WrongUse(
            f"{run.as_of_date} is not over in {entity.time_zone} ({entity.legal_entity_id}); the "
            f"newest closed day is {entity.newest_closed_day(run.now)}"
        )


def landed_after_close(run: Run, source: Source) -> Extract | None:
    """The first extract that knows the whole of the day for every legal entity of the source."""
    closed = max(
        closed_at(run.as_of_date, run.entity(legal_entity_id).time_zone)
        for legal_entity_id in source.entities
    )
    extracts = run.lake.extracts(source.name)
    return next((extract for extract in extracts if extract.known_at >= closed), None)


def extract_known_at(run: Run, source: Source, known_at: datetime) -> Extract:
    """The last extract of a source that was known at an instant.

    Raises DataError if there was none yet.
    """
    known = [e for e in run.lake.extracts(source.name) if e.known_at <= known_at]
    if not known:
        raise DataError(
            f"source {source.name}: nothing was landed by {instant_name(known_at)}; the first "
            f"extract decides what can be known"
        )
    return known[-1]
