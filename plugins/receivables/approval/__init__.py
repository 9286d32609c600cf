"""Approval: notices that wait for a named role, until somebody of it says yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from receivables.connections import Resolver, resolved_url
from receivables.dispatch.notice import WaitingNotice
from receivables.dispatch.outbox import Outbox
from receivables.lake import Lake
from receivables.publish import NOTICES_REMEMBERED, refresh_notices
from receivables.publish.overtaken import withdraw_overtaken
from receivables.settings import Settings
from receivables.sql import session


@dataclass(frozen=True, slots=True)
class ApprovalReport:
    """What became of the notices that somebody answered for.

    `overtaken` are letters of these legal entities that the newest night would not write any more
    (paid meanwhile, disputed, promised …); `no_longer_waiting` were answered, overtaken or expired.
    """

    released: int
    rejected: int
    overtaken: int
    no_longer_waiting: int


def waiting(settings: Settings, *, resolve: Resolver, now: datetime) -> list[WaitingNotice]:
    """The notices that wait for approval and can still be sent."""
    with closing(Outbox(resolved_url(settings.outbox_url, resolve))) as outbox:
        outbox.expire(now=now)
        return outbox.waiting()


def approve(
    settings: Settings, notice_ids: Sequence[str], *, by: str, resolve: Resolver, now: datetime
) -> ApprovalReport:
    """Release the notices that wait, but for those that the newest night would not write now."""
    with closing(Outbox(resolved_url(settings.outbox_url, resolve))) as outbox:
        outbox.expire(now=now)
        asked = [n for n in outbox.waiting() if n.notice_id in set(notice_ids)]
        overtaken = sum(
            _withdraw_overtaken(settings, legal_entity_id, outbox, now)
            for legal_entity_id in dict.fromkeys(n.legal_entity_id for n in asked)
        )
        released = outbox.approve(notice_ids, by=by, now=now)
    refresh_notices(settings, resolve, since=now.date() - NOTICES_REMEMBERED)
    return ApprovalReport(
        released=len(released), rejected=0, overtaken=overtaken,
        no_longer_waiting=len(notice_ids) - len(released),
    )


def reject(
    settings: Settings, notice_ids: Sequence[str], *, because: str, resolve: Resolver, now: datetime
) -> ApprovalReport:
    """Withdraw the notices that wait; the next night decides about their items afresh."""
    with closing(Outbox(resolved_url(settings.outbox_url, resolve))) as outbox:
        rejected = outbox.reject(notice_ids, because, now=now)
    refresh_notices(settings, resolve, since=now.date() - NOTICES_REMEMBERED)
    return ApprovalReport(
        released=0, rejected=len(rejected), overtaken=0,
        no_longer_waiting=len(notice_ids) - len(rejected),
    )


def _withdraw_overtaken(
    settings: Settings, legal_entity_id: str, outbox: Outbox, now: datetime
) -> int:
    """Judge the legal entity's letters by its newest night, as that night itself did."""
    lake = Lake(settings.home)
    night = lake.newest_official(legal_entity_id)
    assert night is not None, "a notice waits, and no night wrote it"
    with session(lake.scratch) as sql:
        for table in ("decision", "notice_item"):
            sql.read(table, night.file(table))
        return withdraw_overtaken(sql, night, lake=lake, outbox=outbox, now=now)
