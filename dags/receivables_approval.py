"""### Approval

**What it does.** On working days at 07:00 in the company's time zone it lists the notices that the
night drafted and that wait for somebody to agree (`approval` in a step of a policy), and asks: one
question for each legal entity and role, under *Required Actions* in Airflow, to the users that the
settings name under `approvers`. *Approve* releases exactly the notices that were listed, but for
those that the newest night would not write any more; `receivables_dispatch` sends them.
*Reject*, or no answer in ten hours (`answer_within_minutes`), withdraws them: without a yes nothing
is sent. If nothing waits, nothing is asked. A question names customers by their ids only.

**A notice that was withdrawn** is decided afresh by the next night, and waits again if all is as it
was. Where it should not come again, put a hold, a dispute or a promise into the ERP.

**To run it again** trigger it: it asks about what waits now, such as notices that were drafted
later in the day. While a question is open the next run waits. A cleared `release` or `withdraw`
does what it did, and nothing twice. It cannot be backfilled.

**If it fails,** the task's log ends with what is wrong and where:

- `SettingsError`: nobody has a role that notices wait for. Whoever keeps the settings names its
  users, then clears the task.
- Anything else, after the last retry: whoever keeps the outbox's database and the warehouse looks
  at them, then clears the task. What was approved and not released was not sent; it expires after
  `draft_valid_days` of its policy.

Without Airflow: `receivables approve --list`, then `--approve` or `--reject` with the ids.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.sdk import CronTriggerTimetable, Param, TriggerRule, dag, task, task_group
from receivables_airflow import approval
from receivables_airflow.run import MANUAL, SCHEDULED, installed_settings

SETTINGS = installed_settings()

ANSWER_WITHIN_MINUTES = Param(
    600,
    type="number",
    exclusiveMinimum=0,
    title="Minutes to answer",
    description="After so many minutes without an answer the notices are withdrawn.",
)
BECAUSE = Param(
    None,
    type=["null", "string"],
    maxLength=150,
    title="Why, if you reject",
    description="It is recorded with your name.",
)


@dag(
    schedule=CronTriggerTimetable("0 7 * * 1-5", timezone=SETTINGS.time_zone),
    start_date=datetime(2012, 1, 1),
    catchup=False,
    max_active_runs=1,
    allowed_run_types=[SCHEDULED, MANUAL],
    params={"answer_within_minutes": ANSWER_WITHIN_MINUTES},
    default_args={"retries": 2, "retry_delay": timedelta(seconds=30)},
    description="Ask people about the notices that wait for approval",
    doc_md=__doc__,
    tags=["receivables"],
)
def receivables_approval() -> None:
    release = task(approval.release)
    # A no skips the release; if a release failed, the notices still wait.
    withdraw = task(approval.withdraw, trigger_rule=TriggerRule.NONE_FAILED)

    @task_group(prefix_group_id=False)
    def question(
        name: str, subject: str, body: str, assigned_users: list[dict[str, str]],
        notice_ids: list[str],
    ) -> None:
        """One legal entity's notices that wait for one role."""
        answer = approval.RoleApproval(
            task_id="approval", subject=subject, body=body, assigned_users=assigned_users,
            defaults=approval.RoleApproval.REJECT, params={"because": BECAUSE},
            doc_md="Ask the people of a role, and wait for one of them.",
        )
        released = release(name=name, notice_ids=notice_ids, answer=answer.output)
        released >> withdraw(name=name, notice_ids=notice_ids)

    question.expand_kwargs(task(approval.waiting)())


receivables_approval()
