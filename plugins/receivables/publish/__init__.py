"""The `publish` stage: audit the night, publish it to the warehouse, draft its notices."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from receivables import __version__
from receivables.balance import write_aging_bucket_table
from receivables.connections import Resolver, resolved_url
from receivables.contract import tables as contract_tables
from receivables.dispatch.outbox import Outbox
from receivables.errors import AuditFailed
from receivables.lake import Lake, Night
from receivables.publish import warehouse
from receivables.publish.audit import Finding, audit, check_breakers
from receivables.publish.draft import draft_notices
from receivables.publish.report import PublishReport
from receivables.publish.workbook import write_workbook
from receivables.select.policy import load_policy
from receivables.settings import Entity, Settings, newest_closed_day
from receivables.sql import Session, session

PUBLISHED = (
    "aging_snapshot", "credit_snapshot", "aging_by_customer", "interest_segment", "decision",
    "notice", "quarantine", "check_result",
)


def publish(
    night: Night,
    *,
    settings: Settings,
    entity: Entity,
    resolve: Resolver,
    now: datetime,
    is_restated: bool,
    release: str | None,
    progress: Callable[[str], None],
) -> PublishReport:
    """Audit the night, publish it in one transaction, and draft its notices if it is live.

    Raises AuditFailed if a figure does not hold: nothing is published or drafted.
    """
    lake = Lake(settings.home)
    policy = load_policy(entity.policy)
    with session(lake.scratch) as sql:
        _read_night(sql, night, settings)
        _write_published(sql, night, ("aging_by_customer",), is_restated)
        sql.read("aging_by_customer", _published(night, "aging_by_customer"))
        _read_earlier_night(sql, lake, night)
        audits = audit(sql)
        breakers = check_breakers(sql, notices_per_night_max=policy.notices_per_night_max)
        _add_findings(sql, night, audits, breakers)
        _refuse_faults(night, audits)
        _write_published(sql, night, PUBLISHED, is_restated)
        sql.read("aging_snapshot", _published(night, "aging_snapshot"))
        tripped = [finding for finding in breakers if finding.faults]
        status = "restated" if is_restated else ("flagged" if tripped else "published")
        output_hash = _seal(sql, night, settings, status, is_restated)
        is_unchanged = _publish_to_warehouse(night, settings, resolve, status)
        progress(
            f"{night.legal_entity_id}: {'as published before' if is_unchanged else status}, "
            f"fingerprint {output_hash[:12]}"
        )
        if not is_restated:
            write_workbook(sql, night, workbook_file(lake, night))
        newest = {entity.newest_closed_day(now), newest_closed_day(now, settings.time_zone)}
        why_not = _why_not_drafted(night, newest, release, is_restated, tripped)
        outbox = Outbox(resolved_url(settings.outbox_url, resolve))
        [(notices,)] = sql.connection.execute(
            "select count(distinct notice_id) from notice"
        ).fetchall()
        drafts = draft_notices(
            sql, night, settings=settings, entity=entity, policy=policy, outbox=outbox, now=now,
            release=release or "", is_live=not why_not,
        )
        outbox.close()
    report = PublishReport(
        as_of_date=night.as_of_date, legal_entity_id=night.legal_entity_id, status=status,
        is_unchanged=is_unchanged, output_hash=output_hash, notices=notices,
        drafted=len(drafts.inserted), drafted_before=len(drafts.already_there),
        refused=len(drafts.refused), not_drafted_because=why_not,
    )
    if drafts.inserted:
        refresh_notices(settings, resolve, since=night.as_of_date)
    progress(_sentence(report))
    return report


def workbook_file(lake: Lake, night: Night) -> Path:
    """Where the workbook of an official night is."""
    name = f"receivables_{night.as_of_date}_{night.folder.parent.name}.xlsx"
    return lake.home / "workbooks" / name


def refresh_notices(settings: Settings, resolve: Resolver, *, since: date) -> None:
    """Bring the warehouse's notices, of nights from `since` on, up to what the outbox knows."""
    outbox = Outbox(resolved_url(settings.outbox_url, resolve))
    states = [
        state
        for legal_entity_id in settings.entities
        for state in outbox.notice_states(legal_entity_id=legal_entity_id, since=since)
    ]
    outbox.close()
    if states:
        with warehouse.open_warehouse(resolved_url(settings.warehouse_url, resolve)) as opened:
            warehouse.update_notice_states(opened, states)


def _sentence(report: PublishReport) -> str:
    if report.not_drafted_because:
        drafted = f"none drafted ({report.not_drafted_because})"
    else:
        drafted = f"{report.drafted} drafted, {report.drafted_before} drafted before"
    return f"{report.legal_entity_id}: {report.notices} notices, {drafted}"


def _published(night: Night, table: str) -> Path:
    return night.file(f"publish/{table}")


def _read_night(sql: Session, night: Night, settings: Settings) -> None:
    for table in contract_tables():
        sql.read(table, night.file(f"ledger/{table}"))
    for table in ("open_item", "credit_item", "interest_segment", "decision", "notice",
                  "notice_item", "quarantine"):
        sql.read(table, night.file(table))
    sql.read("validate_result", night.file("validate/check_result"))
    write_aging_bucket_table(sql)
    source = settings.source_of(night.legal_entity_id)
    sql.connection.execute(
        "create table night as select $d::date as as_of_date, $s as open_amounts_from_source, "
        "null::date as earlier_date",
        {"d": night.as_of_date, "s": source.open_amounts == "from_source"},
    )
    sql.connection.execute(
        "create table outbox_notice (notice_id varchar, drafted_at timestamp, status varchar, "
        "sent_at timestamp, message_id varchar)"
    )


def _read_earlier_night(sql: Session, lake: Lake, night: Night) -> None:
    """The last published official night before this one, for what must not have changed since."""
    earlier = lake.newest_official(night.legal_entity_id, before=night.as_of_date)
    for table, name in (
        ("ledger/receipt", "receipt"), ("ledger/invoice", "invoice"), ("open_item", "open_item")
    ):
        if earlier is None:
            sql.connection.execute(f"create view earlier_{name} as select * from {name} limit 0")
        else:
            sql.read(f"earlier_{name}", earlier.file(table))
    if earlier is not None:
        sql.connection.execute("update night set earlier_date = ?", [earlier.as_of_date])


def _add_findings(
    sql: Session, night: Night, audits: Sequence[Finding], breakers: Sequence[Finding]
) -> None:
    """`check_result`: what `validate` checked, and what was checked here."""
    sql.connection.execute("create table check_result as select * from validate_result")
    for kind, findings in (("audit", audits), ("breaker", breakers)):
        for finding in findings:
            sql.connection.execute(
                "insert into check_result values (?, ?, 'publish', ?, ?, ?, null, ?, ?, ?)",
                [
                    night.as_of_date, night.legal_entity_id, finding.check_id, kind,
                    "stop" if finding.faults else "pass", finding.faults, finding.reason_code,
                    f"{finding.sentence} {finding.example}".strip(),
                ],
            )


def _refuse_faults(night: Night, audits: Sequence[Finding]) -> None:
    failed = [finding for finding in audits if finding.faults]
    if failed:
        lines = [f"{f.check_id}: {f.faults} faults, the first: {f.example}" for f in failed]
        raise AuditFailed(
            f"{night.legal_entity_id}, night of {night.as_of_date}: not published\n"
            + "\n".join(lines)
        )


def _write_published(
    sql: Session, night: Night, names: Sequence[str], is_restated: bool
) -> None:
    """The rows for the warehouse, in files of the night."""
    for name in names:
        values: dict[str, object] = {}
        if name in ("aging_snapshot", "credit_snapshot"):
            known_at = night.known_at.astimezone(UTC).replace(tzinfo=None)
            values = {"known_at": known_at, "is_restated": is_restated}
        if name == "aging_by_customer":
            values = {"as_of_date": night.as_of_date, "legal_entity_id": night.legal_entity_id}
        sql.write(f"publish/{name}", _published(night, name), **values)


def _seal(
    sql: Session, night: Night, settings: Settings, status: str, is_restated: bool
) -> str:
    """Record the night's fingerprints; from now on its folder stays as it is."""
    manifest = night.manifest()
    hashes = {name: entry["content_hash"] for name, entry in sorted(manifest["tables"].items())}
    output_hash = _fingerprint(hashes)
    history = hashes["notice_history"]
    input_hash = _fingerprint([manifest["input_hash"], manifest["policy_version"], history])
    night.record(
        code_version=__version__, output_hash=output_hash, night_input_hash=input_hash,
        sealed=True,
    )
    sql.connection.execute(
        "create table night_row as select $d::date as as_of_date, $e as legal_entity_id, "
        "$k::timestamp as known_at, $r as is_restated, $p as policy_version, $c as code_version, "
        "$i as input_hash, $o as output_hash, $s as status",
        {
            "d": night.as_of_date, "e": night.legal_entity_id,
            "k": night.known_at.astimezone(UTC).replace(tzinfo=None), "r": is_restated,
            "p": manifest["policy_version"], "c": __version__, "i": input_hash,
            "o": output_hash, "s": status,
        },
    )
    sql.write_table("night_row", _published(night, "night"))
    return output_hash


def _fingerprint(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _publish_to_warehouse(
    night: Night, settings: Settings, resolve: Resolver, status: str
) -> bool:
    """Publish in one transaction; whether the warehouse had this very night already."""
    key = [night.as_of_date, night.legal_entity_id]
    known_at = night.known_at.astimezone(UTC).replace(tzinfo=None)
    with warehouse.open_warehouse(resolved_url(settings.warehouse_url, resolve)) as opened:
        standing = opened.execute(
            "select output_hash, status from receivables.night "
            "where as_of_date = ? and legal_entity_id = ? and known_at = ?",
            [*key, known_at],
        )
        if standing == [(night.manifest()["output_hash"], status)]:
            return True
        opened.execute(
            "delete from receivables.night "
            "where as_of_date = ? and legal_entity_id = ? and (known_at = ? or not ?)",
            [*key, known_at, status == "restated"],
        )
        opened.load("night", _published(night, "night"))
        if status != "restated":
            warehouse.replace_night(
                opened, as_of_date=night.as_of_date, legal_entity_id=night.legal_entity_id,
                files={name: _published(night, name) for name in PUBLISHED},
            )
    return False


def _why_not_drafted(
    night: Night,
    newest: set[date],
    release: str | None,
    is_restated: bool,
    tripped: Sequence[Finding],
) -> str:
    """Why this night may not draft; empty if it may. All of the locks have to agree.

    `newest`: the newest closed day, by the legal entity's clock and by the company's: around
    midnight they differ, and the night is of the company's day.
    """
    if is_restated:
        return "a restatement never writes to anybody"
    if night.as_of_date not in newest:
        return f"only the newest closed day, {max(newest)}, may write to anybody"
    if release is None:
        return "neither the schedule nor a person released it; see --release"
    if tripped:
        return "breaker tripped: " + ", ".join(finding.check_id for finding in tripped)
    return ""
