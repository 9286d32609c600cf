"""What becomes of the breakers' verdicts: recorded, told, accepted by a person, or in the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from receivables.lake import Night, write_json
from receivables.publish.breaker import (
    NO_HISTORY,
    STOP,
    WARN,
    Verdict,
    accept_breakers,
    accepted_breakers,
    sentence,
)
from receivables.run import SCHEDULE
from receivables.sql import Session

# How the words of a breaker begin that has too few sound nights to judge by.
UNJUDGED = "No history yet to judge by."


def add_result(
    sql: Session, night: Night, check_id: str, subject: str, outcome: str, faults: int, said: str
) -> None:
    """Add a check of this stage to `check_result`."""
    sql.connection.execute(
        "insert into check_result values (?, ?, 'publish', ?, ?, ?, null, ?, ?, ?)",
        [night.as_of_date, night.legal_entity_id, check_id, subject, outcome, faults,
         check_id.upper(), said],
    )


def settle(
    sql: Session, night: Night, verdicts: Sequence[Verdict], *, release: str | None, now: datetime,
    is_newest: bool, is_restated: bool, progress: Callable[[str], None],
) -> tuple[list[str], str]:
    """Record the verdicts and flag the night if need be.

    Gives why the night may write to nobody (nothing, if it may), and why its notices may leave.
    """
    if is_newest and release not in (None, SCHEDULE):
        _accept_without_history(night, verdicts, str(release), now)
    accepted = {} if is_restated else accepted_breakers(night)
    tripped = _flag(sql, night, verdicts, accepted, is_restated=is_restated)
    _tell(night, verdicts, accepted, progress)
    return tripped, _release_reason(release or "", verdicts, accepted)


def _accept_without_history(
    night: Night, verdicts: Sequence[Verdict], release: str, now: datetime
) -> None:
    """A person who releases a night answers for what no breaker can judge yet, for no more."""
    unjudged = {v.check_id for v in verdicts if v.outcome == NO_HISTORY}
    if unjudged := unjudged - set(accepted_breakers(night)):
        accept_breakers(night, unjudged, because=release, now=now)


def _flag(
    sql: Session, night: Night, verdicts: Sequence[Verdict], accepted: Mapping[str, str], *,
    is_restated: bool,
) -> list[str]:
    """Record every verdict, flag the night if need be, and name what forbids it to write."""
    for verdict in verdicts:
        outcome = STOP if verdict.is_tripped else verdict.outcome
        if verdict.is_tripped and verdict.check_id in accepted:
            outcome = WARN
        add_result(sql, night, verdict.check_id, verdict.subject, outcome,
                    int(verdict.is_tripped), _told(verdict, accepted))
    standing = [v for v in verdicts if v.is_tripped and v.check_id not in accepted]
    found = list(dict.fromkeys(v.check_id for v in standing if v.outcome == STOP))
    unjudged = list(dict.fromkeys(v.check_id for v in standing if v.outcome == NO_HISTORY))
    if not is_restated:
        if standing:
            write_json(night.flag, {"breakers": found, "without_history": unjudged})
        else:
            night.flag.unlink(missing_ok=True)
    reasons = [f"breaker tripped: {', '.join(found)}"] if found else []
    if unjudged:
        reasons.append(f"too few sound nights to judge by: {', '.join(unjudged)}")
    return reasons


def _told(verdict: Verdict, accepted: Mapping[str, str]) -> str:
    """What a breaker says in `check_result`: what was measured, the limit, and who accepted it."""
    said = verdict.finding
    if verdict.outcome == STOP:
        said = f"{sentence(verdict.check_id)} Here: {said}"
    if verdict.outcome == NO_HISTORY:
        said = f"{UNJUDGED} {said}"
    if verdict.is_tripped and verdict.check_id in accepted:
        said += f"; accepted: {accepted[verdict.check_id]}"
    return said


def _tell(
    night: Night, verdicts: Sequence[Verdict], accepted: Mapping[str, str],
    progress: Callable[[str], None],
) -> None:
    """What a person should hear of the breakers: what was found, and how many cannot judge yet."""
    for verdict in verdicts:
        if verdict.outcome in (STOP, WARN):
            progress(f"{night.legal_entity_id}: {verdict.check_id}, {verdict.subject}: "
                     f"{_told(verdict, accepted)}")
    unjudged = {verdict.check_id for verdict in verdicts if verdict.outcome == NO_HISTORY}
    if unjudged:
        reasons = {accepted[name] for name in unjudged if name in accepted}
        said = f"; accepted: {'; '.join(sorted(reasons))}" if reasons else ""
        progress(f"{night.legal_entity_id}: {len(unjudged)} breakers have too few sound nights "
                 f"to judge by{said}")


def _release_reason(
    release: str, verdicts: Sequence[Verdict], accepted: Mapping[str, str]
) -> str:
    """Why the notices may leave: the release, and what a person said of tripped breakers."""
    tripped = [v.check_id for v in verdicts if v.is_tripped]
    said = {accepted[name] for name in tripped if name in accepted} - {release}
    return "; accepted: ".join([release, *sorted(said)])
