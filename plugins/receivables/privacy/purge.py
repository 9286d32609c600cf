"""The purge: the text of letters goes when its time is over; that they were sent stays known."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from receivables.connections import Resolver, resolved_url
from receivables.dispatch.kept_letter import KeptLetters
from receivables.lake import Lake, Night
from receivables.settings import Settings
from receivables.sql import session

# What a killed run left there may name people; no run takes so long.
SCRATCH_KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class PurgeReport:
    """`letters` without text from now on; `kept`: their time is over, but they are about something
    that was open within it, or no night is old enough to tell.
    """

    letters: int
    kept: int


def purge(
    settings: Settings, *, resolve: Resolver, now: datetime, progress: Callable[[str], None]
) -> PurgeReport:
    """Remove the text of letters whose time is over: `privacy.letter_days` after they were sent (or
    failed), and after their items were open the last time. Never that of one whose fate is unknown.
    """
    lake, removed, kept = Lake(settings.home), 0, 0
    since = now - timedelta(days=settings.privacy.letter_days)
    with closing(KeptLetters(resolved_url(settings.outbox_url, resolve))) as outbox:
        for legal_entity_id in settings.entities:
            over = outbox.over_since(since, legal_entity_id=legal_entity_id)
            items = _open_items(lake, legal_entity_id, since, now) if over else None
            done = [] if items is None else [
                letter.notice_id for letter in over if not letter.items & items
            ]
            removed += remove_letters(settings, outbox, done, because="retention", now=now)
            kept += len(over) - len(done)
    lake.sweep_scratch(before=now - SCRATCH_KEPT)
    progress(f"{removed} letters without text from now on, {kept} kept for what is open")
    return PurgeReport(letters=removed, kept=kept)


def remove_letters(
    settings: Settings, outbox: KeptLetters, notice_ids: Collection[str], *, because: str,
    now: datetime,
) -> int:
    """Remove the text of letters that are over from the outbox and from the files of the sink."""
    removed = outbox.remove_bodies(notice_ids, because=because, now=now)
    for notice_id in removed:
        for file in (settings.home / "mail").glob(f"*/{notice_id}*.eml"):
            file.unlink()
    return len(removed)


def _open_items(
    lake: Lake, legal_entity_id: str, since: datetime, now: datetime
) -> set[tuple[str, int]] | None:
    """What was open at some time since an instant, as far as sound nights tell: one that lost its
    invoices, or has receipts twice, would show what is open as paid. None if they do not reach so
    far back.
    """
    sound = lake.sound(legal_entity_id, before=(now + timedelta(days=1)).date())
    nights: list[Night] = []
    for night in sound:
        nights.append(night)
        if night.as_of_date < since.date():
            break
    if not nights or nights[-1].as_of_date >= since.date():
        return None
    with session(lake.scratch) as sql:
        sql.read("open_item", *(night.file("open_item") for night in nights))
        rows = sql.rows("privacy/is_open")
    return {(row["invoice_id"], row["instalment_no"]) for row in rows}
