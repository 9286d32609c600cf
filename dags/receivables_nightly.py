"""### The night

**What it does.** After midnight it reads the ERP once for each source (`extract`), and then, for
each legal entity, checks what was read (`validate`), works out what is owed and the interest on it
(`balance`), decides for every open item whether its customer is to be contacted (`select`), audits
and publishes the night to finance and drafts the notices (`publish`). Nothing is sent from here:
`receivables_dispatch` does that, in business hours. One legal entity's failure stops no other's.

**Which day.** The run of 02:00 on a day is for the business day before, in the company's time zone
(`time_zone` in the settings: that of the legal entity whose day ends last, for a day that is not
over somewhere is refused there). The parameter `as_of_date` overrides it.

**To run it again** clear the run, or only what failed, as often as you like. A published night
stays as it is, nothing is drafted twice, and nothing is ever drafted for a day that is not the
newest closed one.

**To release a manual run.** A run that you trigger decides and publishes, but drafts nothing,
unless you say why it may in the parameter `release`. The reason is kept with your name. In the
first nights most breakers have no history to judge by: your reason answers for that, too.

**To read an incremental source whole** trigger a run with `full_extract`: `extract` reads and
stores every table anew, even if the night is open already (it stays on what it was opened with),
as `receivables extract --full` does. A backfill takes no notice of it.

**If nothing was drafted** although it should have been, `publish` says why in its log. Where a
breaker tripped (the figures tie, but they are not what a night looks like; or there are too few
sound nights to know that, as in the first nights of all), somebody looks at the checks it names;
`receivables accept --because …` records that the night is sound, and clearing `publish` drafts
its notices, as long as the day is still the newest closed one.

**To backfill.** `make backfill FROM=2026-03-01 TO=2026-03-31`, in business days. (In Airflow's own
form the dates are those on which the runs would have started: a day later.) A backfill drafts
nothing, whatever its parameters say.

**If it fails,** the task's log ends with what is wrong and where:

- `SettingsError`, `PolicyError`: whoever keeps the settings and policies edits the file named, then
  clears the task.
- `DataError`: whoever keeps the source named mends it, then clears `extract`, or the task.
- `AuditFailed`: the figures do not hold, so nothing was published or drafted. Finance reads the
  checks listed.
- `WrongUse`: whoever triggered the run triggers it again with other parameters.
- Anything else, after the last retry: whoever keeps the machines looks for a lock, a full disk or a
  host that is away, then clears the task.

`receivables status` says how far the newest night is. The same stages run without Airflow:
`receivables night --as-of 2026-03-31`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import CronTriggerTimetable, Param, TriggerRule, chain, dag, task, task_group
from receivables_airflow import stage
from receivables_airflow.run import installed_settings

SETTINGS = installed_settings()

AS_OF_DATE = Param(
    None,
    type=["null", "string"],
    format="date",
    title="Business day",
    description="The business day to run; empty: the day before the run, in the company's zone.",
)
RELEASE = Param(
    None,
    type=["null", "string"],
    maxLength=200,
    title="Reason to draft notices",
    description="Why this manual run may draft notices for customers, and may do so where breakers "
    "have no history to judge by yet; empty: it may not.",
)
FULL_EXTRACT = Param(
    False,
    type="boolean",
    title="Read every table whole",
    description="Whether to read the ERP whole although a source is incremental.",
)


@dag(
    schedule=CronTriggerTimetable("0 2 * * *", timezone=SETTINGS.time_zone),
    start_date=datetime(2012, 1, 1),
    catchup=False,
    max_active_runs=1,
    params={"as_of_date": AS_OF_DATE, "release": RELEASE, "full_extract": FULL_EXTRACT},
    default_args={
        "retries": 3,
        "retry_delay": timedelta(seconds=30),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(minutes=10),
        "map_index_template": "{{ task.op_kwargs.values() | first }}",
    },
    description="Read the ERP, work out what is owed, decide whom to contact, publish",
    doc_md=__doc__,
    tags=["receivables"],
)
def receivables_nightly() -> None:
    extract = task(stage.extract, doc_md=stage.extract.__doc__)
    # A source that failed stops its own legal entities only: they say that nothing was extracted.
    validate = task(stage.validate, trigger_rule=TriggerRule.ALL_DONE)
    balance = task(stage.balance)
    select = task(stage.select)
    publish = task(stage.publish)

    @task_group(prefix_group_id=False)
    def legal_entity(legal_entity_id: str) -> None:
        """The night of one legal entity, whatever becomes of the others."""
        chain(
            validate(legal_entity_id=legal_entity_id),
            balance(legal_entity_id=legal_entity_id),
            select(legal_entity_id=legal_entity_id),
            publish(legal_entity_id=legal_entity_id),
        )

    chain(
        extract.expand(source=list(SETTINGS.sources)),
        legal_entity.expand(legal_entity_id=list(SETTINGS.entities)),
    )


receivables_nightly()
