"""### Purge

**What it does.** Every day at 05:00 in the company's time zone it removes the text and the
recipient of letters whose time is over: `privacy.letter_days` of the settings after they were sent
(or failed), and after what they are about was open the last time. That they were sent, when, for
which amount and with which hash stays known. What is kept of whom, and for how long:
docs/privacy.md.

**To run it again** trigger it: what is removed is removed once. It cannot be backfilled.

**If it fails,** the task's log ends with what is wrong and where:

- `SettingsError`: whoever keeps the settings edits the file named, then clears the task.
- Anything else, after the last retry: whoever keeps the outbox's database looks at it. Nothing is
  lost by waiting; the next run removes what this one did not.

Without Airflow: `receivables privacy purge`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import CronTriggerTimetable, dag, task
from receivables_airflow import stage
from receivables_airflow.run import MANUAL, SCHEDULED, installed_settings

SETTINGS = installed_settings()


@dag(
    schedule=CronTriggerTimetable("0 5 * * *", timezone=SETTINGS.time_zone),
    start_date=datetime(2012, 1, 1),
    catchup=False,
    max_active_runs=1,
    allowed_run_types=[SCHEDULED, MANUAL],
    default_args={"retries": 2, "retry_delay": timedelta(seconds=30)},
    description="Remove the text of letters whose time is over",
    doc_md=__doc__,
    tags=["receivables"],
)
def receivables_purge() -> None:
    task(stage.purge)()


receivables_purge()
