"""The stages as tasks call them: one call each, ids and counts out, errors to stop or retry."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from receivables import errors

from receivables_airflow.run import (
    LOG,
    MANUAL,
    SCHEDULED,
    current_run,
    full_extract,
    installed_settings,
    run_type,
)

if TYPE_CHECKING:
    from receivables.lake import Night


@contextmanager
def stopping_for_people() -> Iterator[None]:
    """Fail a task at once where a person must act; let everything else be tried again.

    The cause is left out of the log, and so are the words of an error that nobody foresaw: they may
    quote the row that it stumbled over. Where it happened is told.
    """
    try:
        yield
    except (errors.TransientError, OSError, AirflowException):
        raise
    except errors.ReceivablesError as error:
        raise AirflowFailException(f"{type(error).__name__}: {error}") from None
    except Exception as error:
        where = "".join(traceback.format_tb(error.__traceback__))
        raise UnforeseenError(
            f"{type(error).__module__}.{type(error).__name__}; its words may quote a row, and are "
            f"not told here. To see them, run the stage by its command\n{where}"
        ) from None


class UnforeseenError(Exception):
    """An error of a library, or of ours: the task is tried again; then whoever keeps Receivables
    looks at it.
    """


def extract(source: str) -> dict[str, Any]:
    """Land the ERP's tables and open the official night of each legal entity of the source."""
    from receivables import night

    context = get_current_context()
    with stopping_for_people():
        run = current_run()
        full = full_extract(context["dag_run"], context["params"])
        landed = night.extract(run, source, full=full)
    return {
        "as_of_date": run.as_of_date.isoformat(),
        "extract_id": landed.extract_id if landed else None,
    }


def validate(legal_entity_id: str) -> dict[str, Any]:
    """Ledger, quarantine and check results of one legal entity."""
    from receivables import night

    with stopping_for_people():
        return _name_of(night.validate(current_run(), legal_entity_id))


def balance(legal_entity_id: str) -> dict[str, Any]:
    """Open items, interest and credits of one legal entity."""
    from receivables import night

    with stopping_for_people():
        return _name_of(night.balance(current_run(), legal_entity_id))


def select(legal_entity_id: str) -> dict[str, Any]:
    """A decision for every open item, and the notices to write."""
    from receivables import night

    with stopping_for_people():
        return _name_of(night.select(current_run(), legal_entity_id))


def publish(legal_entity_id: str) -> dict[str, Any]:
    """Audit the night, publish it to the warehouse, and draft its notices if the night is live."""
    from receivables import night

    with stopping_for_people():
        report = night.publish(current_run(), legal_entity_id)
    return {
        "legal_entity_id": report.legal_entity_id,
        "as_of_date": report.as_of_date.isoformat(),
        "status": report.status,
        "output_hash": report.output_hash,
        "notices": report.notices,
        "drafted": report.drafted,
        "refused": report.refused,
    }


def dispatch() -> dict[str, Any]:
    """Send the notices that were released and are due, each once."""
    from receivables import night

    from receivables_airflow.connections import connection

    kind = run_type(get_current_context()["dag_run"])
    if kind not in (SCHEDULED, MANUAL):
        raise AirflowSkipException(f"a {kind} run sends nothing")
    with stopping_for_people():
        report = night.dispatch(
            installed_settings(),
            resolve=connection,
            now=lambda: datetime.now(UTC),
            progress=LOG.info,
        )
    if report.alarm:
        raise AirflowFailException(report.alarm)
    return asdict(report)


def read_inbox() -> dict[str, Any]:
    """Record what came back to letters: bounces, replies, complaints."""
    from receivables.inbox.read import read_inbox as read

    from receivables_airflow.connections import connection

    kind = run_type(get_current_context()["dag_run"])
    if kind not in (SCHEDULED, MANUAL):
        raise AirflowSkipException(f"a {kind} run reads nothing")
    with stopping_for_people():
        report = read(
            installed_settings(), resolve=connection, now=datetime.now(UTC), progress=LOG.info
        )
    if report.alerts:
        raise AirflowFailException("; ".join(report.alerts))
    return asdict(report)


def purge() -> dict[str, Any]:
    """Remove the text of letters whose time is over."""
    from receivables.privacy import purge

    from receivables_airflow.connections import connection

    with stopping_for_people():
        report = purge.purge(
            installed_settings(), resolve=connection, now=datetime.now(UTC), progress=LOG.info
        )
    return asdict(report)


def _name_of(night: Night) -> dict[str, Any]:
    return {
        "as_of_date": night.as_of_date.isoformat(),
        "legal_entity_id": night.legal_entity_id,
        "known_at": night.folder.name,
    }
