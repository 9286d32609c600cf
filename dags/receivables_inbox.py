"""### Inbox

**What it does.** Every quarter of an hour it reads the mails that came back to letters, from the
folder `inbox/new` under `home` and from the IMAP connection that the settings name (`mail.inbox`).
Each is kept under `inbox/kept`, recorded in the outbox's database, and only then taken away.
A bounce acts at once: a bad address is suppressed, a full mailbox rests after the second time, and
a letter that did not arrive is decided about afresh. What people write waits for people: their
customer is not written to for some business days (`reply_pause_days` of the policy), and the work
list asks somebody to read it. Nothing is ever answered.

**To read and resolve replies** use `receivables inbox list`, `show`, `confirm` and `dismiss`.

**To run it again** trigger it: it goes on where it stopped, and records nothing twice. It cannot be
backfilled.

**If it fails,** the task's log ends with what is wrong and where:

- *A mail server refuses us*: our domain, signature or reputation is in question. No letter
  leaves. Whoever keeps the mail relay mends it, then runs `receivables dispatch --resume REASON`.
  No customer's address was suppressed for it.
- *Under way for more than 48 hours*: whoever keeps the mail relay looks at its queue.
- `SettingsError`: whoever keeps the connection corrects its login, certificate or folder.
- Anything else, after the last retry: whoever keeps the mail server and the outbox's database looks
  at them. The next run goes on by itself.

A mail that cannot be read is recorded as such, kept, and listed; the others go on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import CronTriggerTimetable, dag, task
from receivables_airflow import stage
from receivables_airflow.run import MANUAL, SCHEDULED, installed_settings

SETTINGS = installed_settings()


@dag(
    schedule=CronTriggerTimetable("*/15 * * * *", timezone=SETTINGS.time_zone),
    start_date=datetime(2012, 1, 1),
    catchup=False,
    max_active_runs=1,
    allowed_run_types=[SCHEDULED, MANUAL],
    default_args={"retries": 2, "retry_delay": timedelta(seconds=30)},
    description="Read what came back to letters",
    doc_md=__doc__,
    tags=["receivables"],
)
def receivables_inbox() -> None:
    task(stage.read_inbox)()


receivables_inbox()
