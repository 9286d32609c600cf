"""From a run in Airflow to a run of the night."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from receivables import settings
from receivables.settings import Settings

from receivables_airflow.as_of import as_of_date

if TYPE_CHECKING:
    from receivables.run import Run

# Airflow lets a namespace be louder than the rest only for loggers of structlog.
LOG = structlog.get_logger("receivables")

# Of all of Airflow's run types, only the first two can ever draft a notice.
SCHEDULED = "scheduled"
MANUAL = "manual"
BACKFILL = "backfill"


def installed_settings() -> Settings:
    """The settings named by RECEIVABLES_SETTINGS, or `include/settings.yaml`."""
    return settings.installed(os.environ)


def run_type(dag_run: Any) -> str:
    """`scheduled`, `manual`, `backfill` and so on: the value, for Airflow has two enums of it."""
    return str(getattr(dag_run.run_type, "value", dag_run.run_type))


def release(dag_run: Any, params: Mapping[str, Any]) -> str | None:
    """Why a run may draft notices: "schedule", or the reason that a person gave, with their name.

    None for every other run: a backfill, a run that an asset or another DAG set off, a manual run
    without a reason. A release is one key of several: `publish` still refuses any day but the
    newest closed one.
    """
    from receivables.run import SCHEDULE

    if run_type(dag_run) == SCHEDULED:
        return SCHEDULE
    reason = (params.get("release") or "").strip()
    if run_type(dag_run) != MANUAL or not reason:
        return None
    return f"{dag_run.triggering_user_name or 'unknown'}: {reason}"


def full_extract(dag_run: Any, params: Mapping[str, Any]) -> bool:
    """Whether a run reads every table of the ERP whole, because a person asked for it.

    Never a backfill: it takes what is landed, and would read the ERP once for every day.
    """
    return bool(params.get("full_extract")) and run_type(dag_run) != BACKFILL


def current_run() -> Run:
    """The night that the current Airflow task belongs to."""
    from airflow.sdk import get_current_context
    from receivables.run import Run

    from receivables_airflow.connections import connection

    context = get_current_context()
    dag_run, params = context["dag_run"], context["params"]
    installed = installed_settings()
    return Run(
        settings=installed,
        as_of_date=as_of_date(dag_run, params, installed.time_zone),
        now=datetime.now(UTC),
        resolve=connection,
        progress=LOG.info,
        release=release(dag_run, params),
        reuse_landed=run_type(dag_run) == BACKFILL,
    )
