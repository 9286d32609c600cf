"""The backtest: past nights decided under another policy, each on what that policy did before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from receivables.errors import DataError
from receivables.lake import Night
from receivables.plan.difference import COMPARED, SUMMED, added, compare, plain
from receivables.plan.rehearsal import rehearse
from receivables.run import Run
from receivables.select.policy_file import load_policy
from receivables.select.policy_kept import kept_policies
from receivables.sql import Session, session

LEDGER = ("notice_history", "decision", "notice_item", "notice")


def backtest(
    run: Run, file: Path, name: str, legal_entity_ids: Sequence[str], *, from_date: date,
    until_date: date,
) -> dict[str, Any]:
    """What the policy in a file would have decided in the published official nights of both days
    and those between: facts of contacts, their timing, workload and claims.

    Each night takes the file's version that is valid on its day. Customers pay, dispute and
    promise as they did in truth, whatever is sent. Raises DataError if a legal entity has no such
    night.
    """
    entities = {
        e: _backtest_entity(run, (file, name), e, from_date, until_date) for e in legal_entity_ids
    }
    return plain({
        "policy": {
            "name": name,
            "versions": sorted({
                night["version"] for entity in entities.values() for night in entity["nights"]
            }),
        },
        "from": from_date,
        "to": until_date,
        "entities": entities,
        "total": {
            part: added(by, [row for entity in entities.values() for row in entity[part]])
            for part, by in SUMMED.items()
        },
    })


def _backtest_entity(
    run: Run, policy: tuple[Path, str], legal_entity_id: str, from_date: date, until_date: date
) -> dict[str, Any]:
    nights = list(official_nights(run, legal_entity_id, from_date, until_date))
    if not nights:
        raise DataError(
            f"{legal_entity_id}: no night from {from_date} to {until_date} is published; backtest "
            "days that are"
        )
    entity = run.entity(legal_entity_id)
    file, name = policy
    with run.lake.room("rehearsal") as room:
        simulated: list[Night] = []
        rows = []
        for night in nights:
            folder = room / str(night.as_of_date)
            history = folder.with_suffix(".history.parquet")
            _write_history(run, night, nights, simulated, history, from_date)
            kept = kept_policies(night, entity)
            tried = load_policy(name, night.as_of_date, file)
            simulated.append(rehearse(
                run, night, kept=kept[entity.policy], policies={**kept, name: tried},
                history=history, folder=folder,
            ))
            rows.append({"version": tried.version, **_night_row(run, night, simulated[-1])})
            run.progress(f"{legal_entity_id}: {night.as_of_date} decided again, "
                         f"{rows[-1]['decisions_that_differ']} decisions differ")
        return {"nights": rows, **_sums(run, nights, simulated)}


def official_nights(
    run: Run, legal_entity_id: str, from_date: date, until_date: date
) -> Iterator[Night]:
    """The published official nights of a range of days, the oldest first."""
    for number in range((until_date - from_date).days + 1):
        day = from_date + timedelta(days=number)
        night = run.lake.official(as_of_date=day, legal_entity_id=legal_entity_id)
        if night is not None and night.is_sealed:
            yield night


def _write_history(
    run: Run, night: Night, nights: Sequence[Night], simulated: Sequence[Night], file: Path,
    from_date: date,
) -> None:
    """What the outbox would hold on the night, after what the policy decided in those before it."""
    with session(run.lake.scratch) as sql:
        sql.read("real_history", night.file("notice_history"))
        sql.read("real_notice", *(past.file("notice") for past in nights[: len(simulated) + 1]))
        for table in ("notice", "notice_item"):
            sql.read(table, *(past.file(table) for past in simulated or [night]))
        sql.create("simulated_item", "plan/noticed_item", before_date=night.as_of_date)
        sql.write("plan/simulated_history", file, from_date=from_date)


def _night_row(run: Run, night: Night, simulated: Night) -> dict[str, Any]:
    """One night's counts; `is_the_ledger` if decisions, and notices so far, are the real ones."""
    with session(run.lake.scratch) as sql:
        _read_sides(sql, [night], [simulated])
        found = compare(sql)
        items = sql.connection.table("after_decision").shape[0]
    tables = [n.manifest()["tables"] for n in (night, simulated)]
    return {
        "as_of_date": night.as_of_date,
        "items": items,
        "is_the_ledger": all(tables[0][name] == tables[1][name] for name in LEDGER),
        "decisions_that_differ": len(found["decisions"]),
        "workload": found["workload"],
        "claims": found["claims"],
    }


def _sums(run: Run, nights: Sequence[Night], simulated: Sequence[Night]) -> dict[str, Any]:
    with session(run.lake.scratch) as sql:
        _read_sides(sql, nights, simulated)
        return {
            "claims": sql.rows("plan/claim"),
            "workload": sql.rows("plan/workload"),
            "timing": sql.rows("plan/timing"),
        }


def _read_sides(sql: Session, before: Sequence[Night], after: Sequence[Night]) -> None:
    for side, nights in (("before", before), ("after", after)):
        for table in COMPARED:
            sql.read(f"{side}_{table}", *(night.file(table) for night in nights))
