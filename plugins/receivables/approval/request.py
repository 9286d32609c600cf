"""What a role is asked: one request a legal entity, with the list of what waits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from receivables.currency import exponent
from receivables.dispatch.notice import WaitingNotice
from receivables.errors import SettingsError
from receivables.inbox.address import case_reference
from receivables.settings import Settings

# What Markdown may take for more than a letter; anything else must not have a backslash before it.
MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """The notices of one legal entity that wait for one role; the body is Markdown.

    Customers are named by their ids and case references only: what is asked is kept by Airflow.
    """

    legal_entity_id: str
    approval_role: str
    approvers: tuple[str, ...]
    notice_ids: tuple[str, ...]
    subject: str
    body: str


def requests(settings: Settings, notices: Iterable[WaitingNotice]) -> list[ApprovalRequest]:
    """A request for each legal entity and role of which something waits.

    Raises SettingsError if nobody has one of the roles.
    """
    groups: dict[tuple[str, str], list[WaitingNotice]] = defaultdict(list)
    for notice in notices:
        groups[notice.legal_entity_id, notice.approval_role].append(notice)
    return [_request(settings, *key, group) for key, group in sorted(groups.items())]


def approvers_of(settings: Settings, role: str) -> tuple[str, ...]:
    """Who has a role. Raises SettingsError if nobody does."""
    if role not in settings.approvers:
        raise SettingsError([
            f"{settings.file}: approvers.{role}: is missing, and notices wait for this role; list "
            "its users of Airflow"
        ])
    return settings.approvers[role]


def printed_amounts(amounts: Mapping[str, Decimal]) -> str:
    """Amounts by currency, as a person reads them."""
    return ", ".join(
        f"{amount:,.{exponent(currency)}f} {currency}"
        for currency, amount in sorted(amounts.items())
    )


def _request(
    settings: Settings, legal_entity_id: str, role: str, notices: Sequence[WaitingNotice]
) -> ApprovalRequest:
    largest_first = sorted(
        notices, key=lambda n: (-max(n.amounts.values()), n.customer_id, n.notice_id)
    )
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for notice in notices:
        for currency, amount in notice.amounts.items():
            sums[currency] += amount
    return ApprovalRequest(
        legal_entity_id=legal_entity_id,
        approval_role=role,
        approvers=approvers_of(settings, role),
        notice_ids=tuple(notice.notice_id for notice in largest_first),
        subject=f"{legal_entity_id}, {role}: {len(notices)} waiting, {printed_amounts(sums)}",
        body="\n".join([
            "*Approve* lets them leave in their hours, but for those that the newest night would "
            "not write any more. *Reject*, or no answer in time, withdraws them, and the next "
            "night decides afresh.",
            "",
            "| case | customer | step | night of | amount demanded |",
            "|---|---|---|---|---:|",
            *map(_row, largest_first),
        ]),
    )


def _row(notice: WaitingNotice) -> str:
    cells = (
        case_reference(notice.legal_entity_id, notice.customer_id), _plain(notice.customer_id),
        notice.step, notice.as_of_date.isoformat(), printed_amounts(notice.amounts),
    )
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """Text as Markdown shows it letter by letter: an id of the ERP may hold anything."""
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))
