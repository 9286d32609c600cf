"""Questions of receivables_approval, asked and answered as by its users: through Airflow's API."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from receivables.dispatch.notice import Draft, DraftItem
from running_airflow import Airflow, wait_until

DAG = "receivables_approval"
READING_SECONDS = 2


class Questions:
    """The runs of the DAG, and what they ask."""

    def __init__(self, airflow: Airflow) -> None:
        self.airflow = airflow

    def trigger(self, run_id: str, **conf: float) -> None:
        body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        status, answer = self.airflow.api("eve", "POST", f"/dags/{DAG}/dagRuns", body)
        assert status == 200, answer

    def open(self, count: int) -> list[dict[str, Any]]:
        """So many questions, once they wait for an answer."""
        found: list[dict[str, Any]] = []

        def are_asked() -> bool:
            path = "/dags/~/dagRuns/~/hitlDetails?response_received=false"
            found[:] = self.airflow.api("ana", "GET", path)[1]["hitl_details"]
            states = [question["task_instance"]["state"] for question in found]
            return states == ["awaiting_input"] * count

        wait_until(are_asked, seconds=120, what="open questions", logs=self.airflow.home)
        # An answer within the same second as the question makes the scheduler ask once more.
        time.sleep(READING_SECONDS)
        return found

    def answer(
        self, question: dict[str, Any], user: str, option: str, because: str | None = None
    ) -> int:
        """The status with which an answer is taken or refused."""
        task = question["task_instance"]
        path = f"/dags/{DAG}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}"
        body = {"chosen_options": [option], "params_input": {"because": because}}
        return self.airflow.api(
            user, "PATCH", f"{path}/{task['map_index']}/hitlDetails", body)[0]

    def finish(self, run_id: str) -> str:
        """How a run ended."""
        return self.airflow.wait_for_runs(run_id=run_id, count=1, seconds=120)[run_id]

    def states(self, run_id: str) -> dict[str, str]:
        """State by task of a run."""
        rows = self.airflow.rows(
            "select task_id, state from task_instance where run_id = :run_id", run_id=run_id)
        return {task_id: state for task_id, state in rows}


def waiting_draft(customer_id: str, role: str, as_of_date: date, now: datetime) -> Draft:
    """A final demand of 100.00 BRL that waits for a role."""
    return Draft(
        legal_entity_id="BR", customer_id=customer_id, step="final_demand",
        cycle=f"{customer_id}/1", generation=0, run_kind="live", as_of_date=as_of_date,
        known_at=now, drafted_at=now, not_after=now + timedelta(days=1),
        release_reason="schedule", approval_role=role, channel="email", language="pt",
        recipient_role="owner", sender="ar@seller.example", recipient="owner@buyer.example",
        amount_text="100,00 BRL", message_id=f"<{customer_id}@seller.example>", subject="Cobrança",
        message=b"Subject: x\r\n\r\nbody\r\n",
        items=(DraftItem(f"waits-{customer_id}", 1, "final_demand", "BRL", Decimal("100.00")),),
    )
