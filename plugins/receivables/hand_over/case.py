"""A customer's case: what the night that was published knew and decided of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from receivables.contract import tables
from receivables.errors import WrongUse
from receivables.lake import Lake, Night
from receivables.settings import Entity, Settings
from receivables.sql import Session, session

READ = ("decision", "open_item", "interest_segment", "notice_history")


@dataclass(frozen=True, slots=True)
class Case:
    """A published night of one legal entity, its tables known to the statements of `sql`."""

    night: Night
    entity: Entity
    sql: Session


def official_nights(
    settings: Settings, *, as_of_date: date | None, entities: Sequence[str] | None
) -> list[Night]:
    """The official night of the day (else the newest) of each legal entity.

    Raises WrongUse if there is none, or if a breaker tripped in one: what may be wrong is given to
    nobody.
    """
    lake = Lake(settings.home)
    found = []
    for legal_entity_id in entities or settings.entities:
        if legal_entity_id not in settings.entities:
            raise WrongUse(f"--entity {legal_entity_id}: unknown; {settings.file} has "
                           f"{', '.join(settings.entities)}")
        night = (
            lake.newest_official(legal_entity_id)
            if as_of_date is None
            else lake.official(as_of_date=as_of_date, legal_entity_id=legal_entity_id)
        )
        if night is not None and night.is_sealed:
            found.append(night)
    if not found:
        raise WrongUse("no such night is published; run `receivables night` first")
    for night in found:
        if night.tripped:
            raise WrongUse(
                f"{night.legal_entity_id}, night of {night.as_of_date}: breaker tripped: "
                f"{', '.join(night.tripped)}; accept the night first (`receivables accept`)"
            )
    return found


@contextmanager
def open_case(settings: Settings, night: Night) -> Iterator[Case]:
    """The tables of a night, for statements."""
    with session(Lake(settings.home).scratch) as sql:
        for table in tables():
            sql.read(table, night.file(f"ledger/{table}"))
        for table in READ:
            sql.read(table, night.file(table))
        yield Case(night, settings.entities[night.legal_entity_id], sql)
