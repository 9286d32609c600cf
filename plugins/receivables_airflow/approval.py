"""Approval as tasks call it: what waits, the question to a role, and what follows the answer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context, get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from receivables_airflow.run import installed_settings
from receivables_airflow.stage import stopping_for_people

NO_ANSWER = "nobody approved it in time"


class RoleApproval(ApprovalOperator):
    """Airflow's own question, to the people of a role, for as long as the run's parameter says."""

    template_fields = (*ApprovalOperator.template_fields, "assigned_users")

    def execute(self, context: Context) -> Any:
        """Ask, and wait for the answer."""
        minutes = context["params"]["answer_within_minutes"]
        self.response_timeout = timedelta(minutes=minutes)
        return super().execute(context)


def waiting() -> list[dict[str, Any]]:
    """What waits for approval: a question for each legal entity and role."""
    from receivables import approval
    from receivables.approval.request import requests

    with stopping_for_people():
        installed = installed_settings()
        asked = requests(installed, approval.waiting(installed, **_outside()))
    return [
        {
            "name": f"{request.legal_entity_id}, {request.approval_role}",
            "subject": request.subject,
            "body": request.body,
            "assigned_users": [{"id": user, "name": user} for user in request.approvers],
            "notice_ids": request.notice_ids,
        }
        for request in asked
    ]


def release(name: str, notice_ids: list[str], answer: dict[str, Any]) -> dict[str, int]:
    """Release the notices that were listed, but for those that were overtaken meanwhile."""
    from receivables import approval

    # Where a question is mapped, Airflow itself does not skip what follows a no.
    if answer["chosen_options"] != [RoleApproval.APPROVE]:
        raise AirflowSkipException("not approved")
    with stopping_for_people():
        by = answer["responded_by_user"]["name"]
        report = approval.approve(installed_settings(), notice_ids, by=by, **_outside())
    return asdict(report)


def withdraw(name: str, notice_ids: list[str]) -> dict[str, int]:
    """Withdraw the notices that were listed: somebody said no, or nobody said anything in time."""
    from receivables import approval

    context = get_current_context()
    # Not an argument: where a question is not mapped, what stands right behind it is skipped.
    answer = context["ti"].xcom_pull(task_ids="approval", map_indexes=context["ti"].map_index)
    if answer["chosen_options"] == [RoleApproval.APPROVE]:
        raise AirflowSkipException("approved")
    who = (answer["responded_by_user"] or {}).get("name")
    because = (answer["params_input"].get("because") or "no reason given") if who else NO_ANSWER
    with stopping_for_people():
        report = approval.reject(
            installed_settings(), notice_ids,
            because=f"rejected by {who}: {because}" if who else because, **_outside(),
        )
    return asdict(report)


def _outside() -> dict[str, Any]:
    """Where connections come from, and the one clock reading that counts."""
    from receivables_airflow.connections import connection

    return {"resolve": connection, "now": datetime.now(UTC)}
