"""The `publish` stage: audit the night, publish it to the warehouse, draft its notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from receivables.connections import Resolver, resolved_url
from receivables.dispatch.outbox import Outbox
from receivables.errors import AuditFailed
from receivables.lake import Lake, Night
from receivables.publish import warehouse
from receivables.publish.audit import Finding, audit
from receivables.publish.breaker import (
    STOP,
    Verdict,
    asked_for,
    check_breakers,
    limits_of,
    read_extract_age,
    read_history,
)
from receivables.publish.digest import write_digest
from receivables.publish.draft import draft_notices
from receivables.publish.overtaken import withdraw_overtaken
from receivables.publish.posted import write_posted_letters
from receivables.publish.report import PublishReport
from receivables.publish.restatement import write_restatement
from receivables.publish.snapshot import (
    JUDGED,
    TOLD,
    publish_to_warehouse,
    published_file,
    read_earlier_night,
    read_night,
    seal,
    write_published,
)
from receivables.publish.verdict import add_result, settle
from receivables.publish.work_list import create_call_scripts, write_work_list
from receivables.publish.workbook import write_workbook
from receivables.select.policy import Policy
from receivables.select.policy_kept import kept_policies
from receivables.settings import Entity, Settings, newest_closed_day
from receivables.sql import Session, session
from receivables.validate.report import write_radius_report

# Long enough for any letter's fate to be known, and short enough to be quick.
NOTICES_REMEMBERED = timedelta(days=30)


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
    lake, policies = Lake(settings.home), kept_policies(night, entity)
    newest = {entity.newest_closed_day(now), newest_closed_day(now, settings.time_zone)}
    with session(lake.scratch) as sql:
        read_night(sql, night, settings)
        limits = limits_of(entity, policies[entity.policy])
        is_newest = night.as_of_date in newest and not is_restated
        _audit(sql, night, lake, limits, is_restated=is_restated)
        verdicts = _judge(sql, night, lake, limits, country=entity.calendar or entity.country)
        tripped, release_reason = settle(
            sql, night, verdicts, release=release, now=now, is_newest=is_newest,
            is_restated=is_restated, progress=progress,
        )
        status = "restated" if is_restated else ("flagged" if tripped else "published")
        why_not = _why_not_drafted(night, newest, release, is_restated, tripped)
        is_unchanged, output_hash = _to_finance(
            sql, night, settings, policies, resolve, status, why_not, progress)
        with closing(Outbox(resolved_url(settings.outbox_url, resolve))) as outbox:
            withdrawn = (withdraw_overtaken(sql, night, lake=lake, outbox=outbox, now=now)
                         if is_newest else 0)
            drafts = draft_notices(
                sql, night, settings=settings, entity=entity, policies=policies, outbox=outbox,
                now=now, release=release_reason, is_live=not why_not,
            )
        report = PublishReport(
            as_of_date=night.as_of_date, legal_entity_id=night.legal_entity_id, status=status,
            is_unchanged=is_unchanged, output_hash=output_hash, notices=_count_notices(sql),
            drafted=len(drafts.inserted), drafted_before=len(drafts.already_there),
            refused=len(drafts.refused), uncopied=drafts.uncopied, withdrawn=withdrawn,
            in_another_language=drafts.in_another_language, not_drafted_because=why_not,
        )
    if not is_restated:
        earlier = NOTICES_REMEMBERED if withdrawn else timedelta(0)
        refresh_notices(settings, resolve, since=night.as_of_date - earlier)
    progress(report.sentence)
    return report


def workbook_file(lake: Lake, night: Night) -> Path:
    """Where the workbook of an official night is."""
    name = f"receivables_{night.as_of_date}_{night.folder.parent.name}.xlsx"
    return lake.home / "workbooks" / name


def refresh_notices(settings: Settings, resolve: Resolver, *, since: date) -> None:
    """Bring the warehouse's notices, of nights from `since` on, up to what the outbox knows."""
    with closing(Outbox(resolved_url(settings.outbox_url, resolve))) as outbox:
        states = [
            state
            for legal_entity_id in settings.entities
            for state in outbox.notice_states(legal_entity_id=legal_entity_id, since=since)
        ]
    if states:
        with warehouse.open_warehouse(resolved_url(settings.warehouse_url, resolve)) as opened:
            warehouse.update_notice_states(opened, states)


def _audit(
    sql: Session, night: Night, lake: Lake, limits: Mapping[str, object], *, is_restated: bool
) -> None:
    """Start `check_result` with what was checked before and the audits; raises AuditFailed."""
    for table in JUDGED:
        write_published(sql, night, [table], is_restated=is_restated, limits=limits)
        sql.read(table, published_file(night, table))
    read_earlier_night(sql, lake, night)
    audits = audit(sql)
    sql.connection.execute(
        "create table check_result as select * from validate_result "
        "union all by name select * from balance_result"
    )
    for finding in audits:
        add_result(sql, night, finding.check_id, "audit", STOP if finding.faults else "pass",
                    finding.faults, f"{finding.sentence} {finding.example}".strip())
    _refuse_faults(night, audits)


def _judge(
    sql: Session, night: Night, lake: Lake, limits: Mapping[str, object], *, country: str
) -> list[Verdict]:
    """Measure the night, keep the measures for later nights, and hear every breaker."""
    read_extract_age(sql, lake, night, country=country)
    file = published_file(night, "breaker_measure")
    sql.write("publish/breaker_measure", file, **asked_for("publish/breaker_measure", limits))
    sql.read("breaker_measure", file)
    sound = lake.sound(night.legal_entity_id, before=night.as_of_date)
    read_history(sql, islice(sound, int(str(limits["history_nights"]))))
    return check_breakers(sql, limits)


def _to_finance(
    sql: Session, night: Night, settings: Settings, policies: Mapping[str, Policy],
    resolve: Resolver, status: str, not_drafted_because: str, progress: Callable[[str], None],
) -> tuple[bool, str]:
    """Write what finance and sales read, seal the night and publish it.

    Gives whether it was published before, and its fingerprint.
    """
    is_restated = status == "restated"
    legal_entity_name = settings.entities[night.legal_entity_id].name
    create_call_scripts(sql, night, policies, legal_entity_name=legal_entity_name)
    write_published(sql, night, TOLD, is_restated=is_restated, limits={})
    if is_restated:
        differences = write_restatement(sql, night, Lake(settings.home))
        progress(f"{night.legal_entity_id}: {differences} rows differ from the official night")
    output_hash = seal(sql, night, status=status, is_restated=is_restated)
    is_unchanged = publish_to_warehouse(
        night, settings, resolve, status=status, is_restated=is_restated
    )
    if not is_restated:
        for table in ("aging_snapshot", "blast_radius"):
            sql.read(table, published_file(night, table))
        sql.read("published_work_list", published_file(night, "work_list"))
        write_radius_report(sql, night)
        write_work_list(sql, night, write_posted_letters(sql, night, settings, policies))
        write_digest(sql, night, not_drafted_because=not_drafted_because)
        write_workbook(sql, night, workbook_file(Lake(settings.home), night))
    progress(
        f"{night.legal_entity_id}: {'as published before' if is_unchanged else status}, "
        f"fingerprint {output_hash[:12]}"
    )
    return is_unchanged, output_hash


def _count_notices(sql: Session) -> int:
    [(notices,)] = sql.connection.execute(
        "select count(distinct notice_id) from notice"
    ).fetchall()
    return notices


def _refuse_faults(night: Night, audits: Sequence[Finding]) -> None:
    failed = [finding for finding in audits if finding.faults]
    if failed:
        lines = [f"{f.check_id}: {f.faults} faults, the first: {f.example}" for f in failed]
        raise AuditFailed(
            f"{night.legal_entity_id}, night of {night.as_of_date}: not published\n"
            + "\n".join(lines)
        )


def _why_not_drafted(
    night: Night,
    newest: set[date],
    release: str | None,
    is_restated: bool,
    tripped: Sequence[str],
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
    return "; ".join(tripped)
