"""### Dispatch

**What it does.** Every half hour, day and night, it sends the notices that the night drafted and
whose hours have come, by the clock where the customer is (`send_hours` of the policy): into files
under `home` while `mail.sink` is true in the settings, through the mail relay once it is false.
Nothing else in Receivables reaches a customer. A file `dispatch.stop` under `home` stops it before
the next letter.

**To run it again** trigger it: it sends what is still to be sent, and nothing twice. It has no day
of its own; a run that is cleared or late sends what the outbox holds now, and notices that have
waited longer than the policy allows expire. It cannot be backfilled.

**If it fails,** the task's log ends with what is wrong and where:

- `SettingsError`, `PolicyError`: whoever keeps the settings edits the file named.
- `stopped on …`: too many letters were refused, or a canary's. Whoever keeps the relay finds out
  why (docs/sending.md), mends it, and runs `receivables dispatch --resume REASON`. Until then every
  run fails.
- `letters that should have left …`: their send hours ended before they left, by legal entity. They
  wait for the next day, or expire and are written afresh; see in the earlier runs what held them
  up.
- "letters wait that could not be checked again": just before they leave, the ERP is asked whether
  they still should (docs/last_look.md), and it did not answer, or lost what it knew at night.
  Whoever keeps the source looks at it; the next run takes the letters up by itself.
- Anything else, after the last retry: whoever keeps the relay and the outbox's database looks at
  them. The next run takes the letters up by itself.

A notice whose relay fell silent after the whole letter was handed over is `unknown`: nobody can
tell from here whether it left, so nothing sends it again, and its case waits. `receivables review
list` names these; a person looks in the relay's log or the journal mailbox (`review match`) and
decides. A `SettingsError` that speaks of `dispatch.journal` means that the outbox was restored from
a backup: nothing is sent before `receivables review restore` (docs/outbox.md).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import CronTriggerTimetable, dag, task
from receivables_airflow import stage
from receivables_airflow.run import MANUAL, SCHEDULED, installed_settings

SETTINGS = installed_settings()


@dag(
    schedule=CronTriggerTimetable("*/30 * * * *", timezone=SETTINGS.time_zone),
    start_date=datetime(2012, 1, 1),
    catchup=False,
    max_active_runs=1,
    allowed_run_types=[SCHEDULED, MANUAL],
    default_args={"retries": 2, "retry_delay": timedelta(seconds=30)},
    description="Send the notices that were released",
    doc_md=__doc__,
    tags=["receivables"],
)
def receivables_dispatch() -> None:
    task(stage.dispatch)()


receivables_dispatch()
