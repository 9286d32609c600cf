"""`receivables approve`: say yes or no without Airflow."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from receivables.errors import WrongUse

if TYPE_CHECKING:
    from receivables.dispatch.notice import WaitingNotice
    from receivables.settings import Settings

AddCommand = Callable[[Any, str, str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]
DONE = 0


def add_approve(commands: Any, command: AddCommand) -> None:
    """Describe `receivables approve`."""
    parser = command(
        commands, "approve",
        "List the notices that wait for somebody to agree, release them, or withdraw them. In "
        "Airflow receivables_approval asks.", _approve,
    )
    parser.add_argument("--entity", metavar="E", help="only what this legal entity writes")
    parser.add_argument("--role", metavar="R", help="only what waits for this role")
    parser.add_argument("--by", metavar="NAME", help="who says so: an approver of the settings")
    parser.add_argument("--because", metavar="TEXT", help="why it is rejected; it is recorded")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--list", action="store_true", help="what waits, with its ids")
    asked.add_argument("--approve", nargs="+", metavar="ID", help="release these notices")
    asked.add_argument("--reject", nargs="+", metavar="ID", help="withdraw these notices")


def _approve(arguments: argparse.Namespace) -> int:
    from receivables import approval, settings
    from receivables.connections import connection
    from receivables.report import print_result

    named = arguments.settings
    loaded = settings.load(named) if named else settings.installed(os.environ)
    outside: dict[str, Any] = {
        "resolve": lambda connection_id: connection(connection_id, os.environ),
        "now": datetime.now(UTC),
    }
    notices = [
        notice for notice in approval.waiting(loaded, **outside)
        if arguments.entity in (None, notice.legal_entity_id)
        and arguments.role in (None, notice.approval_role)
    ]
    if arguments.list:
        _print(notices, as_json=arguments.json)
        return DONE
    notice_ids = arguments.approve or arguments.reject
    _check(loaded, notices, notice_ids, by=arguments.by)
    if arguments.reject:
        if not (arguments.because or "").strip():
            raise WrongUse("--because: say why they are rejected")
        because = f"rejected by {arguments.by}: {arguments.because}"
        report = approval.reject(loaded, notice_ids, because=because, **outside)
    else:
        report = approval.approve(loaded, notice_ids, by=arguments.by, **outside)
    print_result(asdict(report), as_json=arguments.json)
    return DONE


def _check(
    settings: Settings, notices: Sequence[WaitingNotice], notice_ids: Sequence[str], *,
    by: str | None,
) -> None:
    """Raise WrongUse unless all of the ids wait, and for a role that whoever answers has."""
    from receivables.approval.request import approvers_of

    by_id = {notice.notice_id: notice for notice in notices}
    for notice_id in notice_ids:
        if notice_id not in by_id:
            raise WrongUse(f"{notice_id}: waits for no approval, see --list; nothing was done")
        role = by_id[notice_id].approval_role
        if by not in approvers_of(settings, role):
            raise WrongUse(
                f"--by {by}: {notice_id} waits for {role}, and {settings.file} lists others under "
                f"approvers.{role}; nothing was done"
            )


def _print(notices: Sequence[WaitingNotice], *, as_json: bool) -> None:
    from receivables.approval.request import printed_amounts

    if as_json:
        print(json.dumps([asdict(notice) for notice in notices], default=str, indent=2))
        return
    for notice in notices:
        print(
            f"{notice.notice_id} {notice.legal_entity_id} waits for {notice.approval_role}: "
            f"{notice.step} to customer {notice.customer_id}, {printed_amounts(notice.amounts)}, "
            f"night of {notice.as_of_date}, until {notice.not_after:%Y-%m-%d %H:%M} UTC"
        )
    if not notices:
        print("nothing waits for approval")
