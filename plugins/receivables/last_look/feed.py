"""What a last look reads of a source, and whether that can be believed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from receivables.connections import Resolver
from receivables.errors import DataError
from receivables.extract import land
from receivables.lake import Extract, Lake, Night, read_json
from receivables.publish.breaker import verdicts
from receivables.settings import Source
from receivables.sql import Session

# Not read: no decision hangs on it, and to sum a ledger is dear.
UNREAD = ("ledger_balance",)

# Of the breakers, those that tell an ERP with payments lost from one in which people have paid.
BREAKERS = ("paid_stays_paid", "receipts_never_fall")

# Where a row says on which day it begins to count.
DATED = ("receipt", "allocation", "invoice", "dispute", "promise", "agreement",
         "agreement_instalment", "hold", "contact_event")


def read_feed(
    source: Source, *, lake: Lake, room: Lake, now: datetime, resolve: Resolver
) -> Extract:
    """Read a source into a room; of an incremental one only what changed since it was landed.

    Raises SettingsError, DataError or TransientError as `land` does.
    """
    newest = lake.extracts(source.name)[-1:] if source.incremental else []
    for extract in newest:
        _lend(extract, room)
    return land(
        source, lake=room, known_at=now, resolve=resolve, progress=_silent, without=UNREAD
    )


def _lend(extract: Extract, room: Lake) -> None:
    """Let a room have what was landed last, by links: what is read anew builds on it."""
    lent = room.landing / extract.source
    for table in extract.content["tables"]:
        (lent / table).mkdir(parents=True)
        for part in extract.parts(table):
            (lent / table / part.name).symlink_to(part.resolve())
    shutil.copy(extract.folder / f"{extract.extract_id}.json", lent)


def landed_tables(night: Night, lake: Lake) -> dict[str, dict[str, Any]]:
    """What was landed for a night, by table, without what a last look does not read.

    Raises DataError if that is not known any more.
    """
    manifest = night.manifest()
    file = lake.landing / manifest["source"] / f"{manifest['extract_id']}.json"
    if not file.is_file():
        raise DataError(f"{file}: is missing, so nobody can tell what was lost since the night")
    tables = read_json(file)["tables"]
    return {name: entry for name, entry in tables.items() if name not in UNREAD}


def is_as_landed(
    sql: Session, extract: Extract, night: Night, landed: Mapping[str, Mapping[str, Any]], *,
    today: date,
) -> bool:
    """Whether the source says what it said to a night, and no row of it counts only since then."""
    tables = extract.content["tables"]
    alike = tables.keys() == landed.keys() and all(
        tables[name][key] == landed[name][key]
        for name in landed for key in ("content_hash", "rows", "columns")
    )
    if not alike:
        return False
    for table in DATED:
        sql.read(table, night.file(f"ledger/{table}"))
    [row] = sql.rows("last_look/dated_since", as_of_date=night.as_of_date, today=today)
    return not row["dated_rows"]


def refuse_lost_tables(
    extract: Extract, landed: Mapping[str, Mapping[str, Any]], limits: Mapping[str, object]
) -> None:
    """An ERP with half of a table missing proves nothing: raises DataError, and letters wait."""
    rows_min, share = float(str(limits["lost_rows_min"])), float(str(limits["lost_rows_share"]))
    tables = extract.content["tables"]
    for table, entry in landed.items():
        if table == "malformed_row":
            continue
        before, rows = entry["rows"], tables.get(table, {"rows": 0})["rows"]
        is_gone = before and table not in tables
        if is_gone or before - rows > max(rows_min, before * share):
            raise DataError(f"{table} has {rows} rows, and had {before} in the night")


def refuse_lost_money(sql: Session, newest: Night, limits: Mapping[str, object]) -> None:
    """Raises DataError if payments that the newest night knew are gone.

    The look's `receipt` and `open_item` are known to `sql`.
    """
    for table, name in (
        ("ledger/receipt", "receipt"), ("ledger/invoice", "invoice"), ("open_item", "open_item")
    ):
        sql.read(f"earlier_{name}", newest.file(table))
    sql.connection.execute(
        "create table night as select $d::date as earlier_date", {"d": newest.as_of_date}
    )
    for name in BREAKERS:
        for verdict in verdicts(sql, name, limits):
            if verdict.is_tripped:
                raise DataError(f"{name}, {verdict.subject}: {verdict.finding}")


def _silent(_line: str) -> None:
    """What is read goes nowhere, so there is nothing to say of it."""
