"""What the commands print: for people, or as JSON for programs."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from typing import Any

from receivables.balance import write_aging_bucket_table
from receivables.connections import connection, resolved_url
from receivables.contract import tables
from receivables.dispatch.notice import UNKNOWN
from receivables.dispatch.outbox import Outbox
from receivables.lake import Lake, Night
from receivables.publish import workbook_file
from receivables.publish.report import PublishReport
from receivables.publish.snapshot import published_file
from receivables.publish.verdict import UNJUDGED
from receivables.settings import Settings
from receivables.sql import session
from receivables.validate.report import report_file


def print_result(result: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a flat result, a line a key."""
    if as_json:
        print(json.dumps(result, default=str, indent=2))
        return
    for key, value in result.items():
        print(f"{key}: {value}")


def print_publish_reports(reports: Sequence[PublishReport], *, as_json: bool) -> None:
    """Print what each legal entity's night came to."""
    if as_json:
        print(json.dumps([asdict(report) for report in reports], default=str, indent=2))
        return
    for report in reports:
        again = " (unchanged)" if report.is_unchanged else ""
        print(
            f"{report.as_of_date} {report.legal_entity_id}: {report.status}{again}, "
            f"fingerprint {report.output_hash[:12]}; {report.notices} notices, "
            f"{report.drafted} drafted" + (f", {report.refused} refused" if report.refused else "")
        )


def print_status(settings: Settings, *, now: datetime, as_json: bool) -> None:
    """Print the newest night of every legal entity, and where to look next."""
    status = [
        entity_status(settings, night, now=now)
        for night in map(Lake(settings.home).newest_official, settings.entities)
        if night is not None
    ]
    if as_json:
        print(json.dumps(status, default=str, indent=2))
        return
    if not status:
        print("No night has been published yet; run `receivables night`.")
        return
    for entity in status:
        print("\n".join(_lines(entity)))
    if stopped_because := status[0]["dispatch_stopped_because"]:
        print(f"\nNo letter leaves: {stopped_because}")
    print("\n".join(_where_to_look(settings, status)))


def entity_status(settings: Settings, night: Night, *, now: datetime) -> dict[str, Any]:
    """One legal entity's newest night: counts and sums, ready for people or programs."""
    lake = Lake(settings.home)
    with session(lake.scratch) as sql:
        for table in ("open_item", "decision", "quarantine"):
            sql.read(table, night.file(table))
        for table in tables():
            sql.read(table, night.file(f"ledger/{table}"))
        sql.read("check_result", published_file(night, "check_result"))
        write_aging_bucket_table(sql)
        kept = {
            name: sql.connection.table(name).shape[0] for name in tables()
        }
        result = {
            "as_of_date": night.as_of_date,
            "legal_entity_id": night.legal_entity_id,
            "known_at": night.known_at,
            "ledger_rows": {name: rows for name, rows in kept.items() if rows},
            "quarantined": sql.rows("status/quarantined"),
            "owed": sql.rows("status/owed"),
            "decided": sql.rows("status/decided"),
            "breakers": sql.rows("status/breaker"),
            "output_hash": night.manifest()["output_hash"],
            "workbook": str(workbook_file(lake, night)),
            "validation_report": str(report_file(night)),
        }
    return {**result, **_outbox_told(settings, night, now)}


def _outbox(settings: Settings) -> closing[Outbox]:
    url = resolved_url(settings.outbox_url, lambda name: connection(name, os.environ))
    return closing(Outbox(url))


def _outbox_told(settings: Settings, night: Night, now: datetime) -> dict[str, Any]:
    """How many notices of the night are in which state, and what is amiss with sending."""
    with _outbox(settings) as outbox:
        states = outbox.notice_states(
            legal_entity_id=night.legal_entity_id, since=night.as_of_date
        )
        return {
            "outbox": dict(Counter(state.state for state in states)),
            "overdue": outbox.overdue(now).get(night.legal_entity_id, 0),
            "dispatch_stopped_because": outbox.stopped_because(),
        }


def _lines(entity: Mapping[str, Any]) -> list[str]:
    lines = [
        "",
        f"{entity['legal_entity_id']}, night of {entity['as_of_date']}, "
        f"fingerprint {entity['output_hash'][:12]}",
        f"  in the ledger   {_counted(entity['ledger_rows'].items())}",
        "  quarantined     " + (_counted(
            (f"{row['source_table']} {row['reason_code']}", row["faults"])
            for row in entity["quarantined"]
        ) or "none"),
        "  owed",
    ]
    lines += [
        f"    {row['currency']} {row['aging_bucket']:>9} {row['open_amount']:>18,.2f} "
        f"in {row['items']} items"
        for row in entity["owed"]
    ]
    lines.append("  decided")
    lines += [
        f"    {row['items']:>7} {row['outcome']:<9} {row['reason_code']}"
        for row in entity["decided"]
    ]
    lines += _breaker_lines(entity["breakers"])
    lines.append("  outbox          " + (_counted(entity["outbox"].items()) or "nothing drafted"))
    if entity["overdue"]:
        lines.append(f"  overdue         {entity['overdue']} letters still wait after the end of "
                     "their send hours")
    return lines


def _breaker_lines(breakers: Sequence[Mapping[str, Any]]) -> list[str]:
    """How many pass; what the others say, but for those that cannot judge yet, which are many."""
    unjudged = [row for row in breakers if row["because"].startswith(UNJUDGED)]
    judged = [row for row in breakers if row not in unjudged]
    counts = [(count, outcome) for outcome, count in Counter(r["outcome"] for r in judged).items()]
    if unjudged:
        counts.append((len(unjudged), "without enough history"))
    told = [row for row in judged if row["outcome"] != "pass"]
    return [
        f"  breakers        {_counted(counts)}",
        *(f"    {row['outcome']} {row['check_id']}, {row['subject']}: {row['because']}"
          for row in told),
    ]


def _counted(pairs: Any) -> str:
    return ", ".join(f"{count} {name}" for name, count in pairs)


def _where_to_look(settings: Settings, status: Sequence[Mapping[str, Any]]) -> list[str]:
    with _outbox(settings) as outbox:
        unknown = outbox.counts().get(UNKNOWN, 0)
    lines = ["", "Where to look next"]
    if unknown:
        lines.append(f"  review       receivables review list: nobody knows the fate of {unknown} "
                     "letters, and their cases wait")
    lines += [f"  workbook     {_short(entity['workbook'])}" for entity in status]
    lines += [f"  validation   {_short(entity['validation_report'])}" for entity in status]
    lines += [
        f"  letters      {_short(str(settings.home / 'mail'))}",
        f"  warehouse    {_short(settings.warehouse_url)}",
        "  one invoice  receivables why INVOICE",
        "  Airflow      make airflow",
    ]
    return lines


def _short(path: str) -> str:
    """A path as seen from here, and a URL without a password."""
    if "@" in path:
        scheme, _, rest = path.partition("://")
        return f"{scheme}://…@{rest.rpartition('@')[2]}"
    return path.replace(f"{os.getcwd()}/", "")
