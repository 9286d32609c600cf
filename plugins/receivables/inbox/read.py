"""Reading the inbox: each mail is kept, recorded and acted on, and only then taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from receivables.connections import Resolver, resolved_url
from receivables.inbox.arrival import Arrival, dropped, forget, keep, kept_file
from receivables.inbox.box import Inbox
from receivables.inbox.imap import fetched
from receivables.inbox.judgement import judge
from receivables.inbox.message import inbound_id
from receivables.inbox.reaction import letter_state, react
from receivables.inbox.schema import KINDS
from receivables.lake import alone_in
from receivables.publish.draft import message_secret
from receivables.settings import Settings


@dataclass(frozen=True, slots=True)
class InboxReport:
    """What came in, by kind; `unmatched` is whose customer nobody can tell, `again` was recorded
    before; `alerts` are for whoever looks after the sending of mail.
    """

    kinds: dict[str, int]
    unmatched: int
    again: int
    alerts: tuple[str, ...]


def inbox_folder(settings: Settings) -> Path:
    """The folder of mails that came in: `new`, and `kept`."""
    return settings.home / "inbox"


def read_inbox(
    settings: Settings, *, resolve: Resolver, now: datetime, progress: Callable[[str], None]
) -> InboxReport:
    """Read what came in, from the folder and from the IMAP server if the settings name one.

    It can be stopped anywhere and run again: nothing is lost, and nothing counts twice.
    """
    folder, secret = inbox_folder(settings), message_secret(settings.home)
    kinds: Counter[str] = Counter()
    unmatched = again = 0
    alerts: list[str] = []
    with alone_in(folder), closing(Inbox(resolved_url(settings.outbox_url, resolve))) as inbox:
        for arrival in _arrivals(settings, folder, resolve):
            name = inbound_id(arrival.raw)
            known = inbox.message(name)
            judged = judge(
                arrival.raw, inbound_id=name, inbox=inbox, secret=secret,
                now=now if known is None else known.received_at,
            )
            message = judged.message
            if known is None:
                keep(kept_file(folder, now.date(), name), arrival.raw)
                state, reply = letter_state(judged)
                inbox.record(message, letter_state=state, reply=reply)
                kinds[message.kind] += 1
                unmatched += message.customer_id is None
                progress(f"{name}: {message.kind}, {message.classified} ({message.rule})")
            again += known is not None
            # A run that was stopped after the record may not have come so far.
            alerts += react(judged, inbox=inbox)
            arrival.take_away()
        forget(folder, today=now.date(), kept_days=settings.mail.inbox_kept_days)
    return InboxReport(
        kinds={kind: kinds[kind] for kind in KINDS if kinds[kind]}, unmatched=unmatched,
        again=again, alerts=tuple(alerts),
    )


def _arrivals(settings: Settings, folder: Path, resolve: Resolver) -> Iterator[Arrival]:
    """The folder first: it is always there."""
    sources = [dropped(folder)]
    if settings.mail.inbox is not None:
        sources.append(fetched(resolve(settings.mail.inbox)))
    return chain.from_iterable(sources)
