"""The night: one function a stage, each of which reads files, decides, and writes files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from receivables import rule_book
from receivables.balance import balance as balance_stage
from receivables.connections import Resolver, resolved_url
from receivables.dispatch.canary import CanaryRule
from receivables.dispatch.dispatcher import DispatchReport
from receivables.dispatch.dispatcher import dispatch as dispatch_stage
from receivables.dispatch.journal import FILE_NAME, Journal
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.pace import Pace
from receivables.dispatch.relay import Relay, relay
from receivables.dispatch.sink import sink
from receivables.errors import (
    AuditFailed,
    DataError,
    ReceivablesError,
    SettingsError,
    TransientError,
    WrongUse,
)
from receivables.extract import land
from receivables.lake import Extract, Night, read_json
from receivables.last_look import LastLook
from receivables.publish import NOTICES_REMEMBERED, refresh_notices
from receivables.publish import publish as publish_stage
from receivables.publish.breaker import accept_breakers
from receivables.publish.report import PublishReport
from receivables.run import (
    Run,
    extract_known_at,
    is_over,
    is_restated,
    landed_after_close,
    night_of,
    official_night,
    refuse_unfinished_day,
)
from receivables.select import select as select_stage
from receivables.select.outbox_past import OutboxPast
from receivables.select.policy_kept import keep_policies, kept_policies, policy_names
from receivables.settings import Mail, Settings
from receivables.settings_kept import keep_settings
from receivables.validate import validate as validate_stage


def extract(run: Run, source_name: str, *, full: bool = False) -> Extract | None:
    """Land the ERP's tables and open the official night of each legal entity of the source.

    Does nothing (None) where every night of the day is open already, or an older knowledge was
    asked for: what the ERP said then is landed. `full` lands all the same, and reads every table
    whole even if the source is incremental; an open night stays on the extract it was opened with.
    """
    source = run.settings.sources[source_name]
    over = [e for e in source.entities if is_over(run, run.entity(e))]
    if not over:
        refuse_unfinished_day(run, run.entity(source.entities[0]))
    unopened = [e for e in over if official_night(run, e) is None]
    if not full and (run.known_at is not None or not unopened):
        run.progress(f"{source_name}: landed before; not read again")
        return None
    landed = landed_after_close(run, source) if run.reuse_landed and not full else None
    landed = landed or land(
        source, lake=run.lake, known_at=run.now, resolve=run.resolve, progress=run.progress,
        full=full,
    )
    for legal_entity_id in unopened:
        run.lake.open_official(
            run.lake.night(
                as_of_date=run.as_of_date,
                legal_entity_id=legal_entity_id,
                known_at=landed.known_at,
            )
        )
    return landed


def extract_each(
    run: Run, source_names: Iterable[str], *, full: bool = False
) -> tuple[dict[str, Extract | None], list[ReceivablesError]]:
    """What each source landed, and what failed: a source that cannot be read stops no other."""
    landed: dict[str, Extract | None] = {}
    failures: list[ReceivablesError] = []
    for source_name in dict.fromkeys(source_names):
        try:
            landed[source_name] = extract(run, source_name, full=full)
        except (DataError, SettingsError, TransientError) as failed:
            failures.append(failed)
    return landed, failures


def validate(run: Run, legal_entity_id: str) -> Night:
    """Ledger, quarantine and check results of one legal entity."""
    with _unsealed(run, legal_entity_id) as (night, is_sealed):
        if not is_sealed:
            source = run.settings.source_of(legal_entity_id)
            validate_stage(
                night,
                extract=extract_known_at(run, source, night.known_at),
                source=source,
                scratch=run.lake.scratch,
                progress=run.progress,
            )
    return night


def balance(run: Run, legal_entity_id: str) -> Night:
    """Open items, interest and credits of one legal entity.

    The night keeps its settings, and all the texts that it decides by, as they are now.
    """
    with _unsealed(run, legal_entity_id) as (night, is_sealed):
        if not is_sealed:
            entity = run.entity(legal_entity_id)
            keep_policies(night, policy_names(entity))
            keep_settings(night, run.settings)
            night.record(rule_book=rule_book.keep(run.lake))
            policy = kept_policies(night, entity)[entity.policy]
            balance_stage(
                night,
                entity=entity,
                source=run.settings.source_of(legal_entity_id),
                reporting_currency=run.settings.reporting_currency,
                known_since_days=policy.known_since_days,
                residual_claim_days=policy.residual_claim_days,
                scratch=run.lake.scratch,
                progress=run.progress,
            )
    return night


def select(run: Run, legal_entity_id: str) -> Night:
    """A decision for every open item, and the notices to write."""
    with _unsealed(run, legal_entity_id) as (night, is_sealed):
        if not is_sealed:
            past = OutboxPast.read(
                resolved_url(run.settings.outbox_url, run.resolve),
                legal_entity_id=legal_entity_id, before=night.as_of_date, known_at=night.known_at,
            )
            select_stage(
                night,
                entity=run.entity(legal_entity_id),
                past=past,
                scratch=run.lake.scratch,
                progress=run.progress,
            )
    return night


def publish(run: Run, legal_entity_id: str) -> PublishReport:
    """Audit the night, publish it to the warehouse, and draft its notices if the night is live.

    Raises AuditFailed if the night's figures do not hold: nothing is published or drafted.
    """
    night = night_of(run, legal_entity_id)
    with night.alone():
        return publish_stage(
            night,
            settings=run.settings,
            entity=run.entity(legal_entity_id),
            resolve=run.resolve,
            now=run.now,
            is_restated=is_restated(run, night),
            release=run.release,
            progress=run.progress,
        )


def accept(run: Run, legal_entity_id: str, *, because: str) -> tuple[str, ...]:
    """Record that a person looked at the breakers that tripped, and found the night sound.

    Those breakers, of this night alone, no longer forbid its notices; publish it again for that.
    Raises WrongUse if none tripped.
    """
    night = night_of(run, legal_entity_id)
    with night.alone():
        if not night.flag.exists():
            raise WrongUse(f"{run.as_of_date} {legal_entity_id}: no breaker tripped")
        flag = read_json(night.flag)
        breakers = (*flag["breakers"], *flag.get("without_history", ()))
        accept_breakers(night, breakers, because=because, now=run.now)
    return breakers


def dispatch(
    settings: Settings,
    *,
    resolve: Resolver,
    now: Callable[[], datetime],
    progress: Callable[[str], None],
    resume: str | None = None,
) -> DispatchReport:
    """Hand over the letters in the outbox that are due, to the relay or, in sink mode, to files.

    Each is checked against what the ERP says by now; see `LastLook`. A file `dispatch.stop` in the
    home folder stops it before the next letter. `resume`: the reason for which a person lets
    letters leave again after a stop.
    """
    outbox = Outbox(resolved_url(settings.outbox_url, resolve))
    if resume is not None and not outbox.resume(resume, now=now()):
        raise WrongUse("--resume: nothing is stopped; nothing was sent")
    last_look = LastLook(settings, outbox=outbox, resolve=resolve, now=now, progress=progress)
    with _line_out(settings, resolve) as out, last_look:
        report = dispatch_stage(
            outbox, relay=out, now=now, progress=progress, recheck=last_look,
            kill_switch=(settings.home / "dispatch.stop").exists,
            # What goes into the sink reached nobody: nothing has to be remembered of it.
            journal=None if settings.mail.sink else Journal(settings.home / FILE_NAME),
            journal_address=settings.mail.journal_address, **_restraint(settings.mail),
        )
    outbox.close()
    refresh_notices(settings, resolve, since=now().date() - NOTICES_REMEMBERED)
    progress(
        f"{report.sent} sent, {report.unknown} unknown, {report.failed} failed, "
        f"{report.withdrawn} withdrawn, {report.expired} expired, {report.left} left"
    )
    return report


def _restraint(mail: Mail) -> dict[str, Any]:
    """How fast letters leave; into the sink as fast as it can write."""
    if mail.sink:
        return {}
    return {
        "pace": Pace(
            letters_per_minute=mail.letters_per_minute,
            letters_per_minute_and_domain=mail.letters_per_minute_and_domain,
        ),
        "canary": CanaryRule(
            above=mail.canary_above, wait=timedelta(minutes=mail.canary_wait_minutes)
        ),
    }


def _line_out(settings: Settings, resolve: Resolver) -> AbstractContextManager[Relay]:
    if settings.mail.sink:
        return sink(settings.home / "mail")
    assert settings.mail.connection is not None
    return nullcontext(relay(resolve(settings.mail.connection)))


def night(run: Run, legal_entity_ids: list[str]) -> list[PublishReport]:
    """All stages but dispatch, for some legal entities, one after the other.

    A source that cannot be read stops its own legal entities, a failed audit or bad data one; what
    failed is raised after the last.
    """
    reports: list[PublishReport] = []
    read, failures = extract_each(run, [run.settings.source_of(e).name for e in legal_entity_ids])
    for legal_entity_id in legal_entity_ids:
        if run.settings.source_of(legal_entity_id).name not in read:
            continue
        try:
            for stage in (validate, balance, select):
                stage(run, legal_entity_id)
            reports.append(publish(run, legal_entity_id))
        except (AuditFailed, DataError) as failed:
            failures.append(failed)
    raise_together(failures)
    return reports


def raise_together(failures: Sequence[ReceivablesError]) -> None:
    """Raise what failed, if anything did: one error as it is, several as one."""
    if len(failures) == 1:
        raise failures[0]
    if failures:
        is_audit = all(isinstance(failed, AuditFailed) for failed in failures)
        raise (AuditFailed if is_audit else DataError)("\n".join(map(str, failures)))


@contextmanager
def _unsealed(run: Run, legal_entity_id: str) -> Iterator[tuple[Night, bool]]:
    """The night of a run, for this process alone, and whether it is published already."""
    night = night_of(run, legal_entity_id)
    with night.alone():
        is_sealed = night.is_sealed
        if is_sealed:
            run.progress(
                f"{legal_entity_id}: the night of {night.as_of_date} is published; kept as it is"
            )
        yield night, is_sealed
