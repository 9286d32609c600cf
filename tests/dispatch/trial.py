"""Trials of the dispatcher: letters, senders that die over them, and what the server's book says.

However often senders are killed: when all is at rest, no letter is in the book twice, every letter
that is called sent is in it, byte for byte, and no letter is unknown without a cause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import datetime, timedelta

from drafts import MORNING, make_draft
from hostile_smtp import HostileServer
from receivables.dispatch.notice import FAILED, SENT, UNKNOWN, WITHDRAWN, Draft
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.schema import metadata, outbox
from senders import Order, Senders, journal_of
from sqlalchemy import select


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the letters of some trials. `wrongly_open`: in the book, but the outbox would
    send them again or says that they failed; `unexplained`: at rest in another state than its cause
    leads to."""

    trials: int = 0
    letters: int = 0
    killed: int = 0
    frozen: int = 0
    duplicates: int = 0
    silent_losses: int = 0
    wrong_bodies: int = 0
    wrongly_open: int = 0
    unexplained: int = 0
    unknown: int = 0
    unknown_delivered: int = 0

    @property
    def bad(self) -> int:
        return (
            self.duplicates + self.silent_losses + self.wrong_bodies + self.wrongly_open
            + self.unexplained
        )

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    def __str__(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in asdict(self).items())


def fresh_letters(box: Outbox, count: int) -> list[Draft]:
    """Empty the outbox and put some letters in, which may go for many days."""
    with box._writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    journal_of(box._url).unlink(missing_ok=True)
    drafts = [make_draft(n, not_after=MORNING + timedelta(days=20)) for n in range(count)]
    assert len(box.draft(drafts).inserted) == count
    return drafts


def rerun_to_rest(
    senders: Senders, box: Outbox, server: HostileServer, now: datetime, **wishes: object
) -> None:
    """Start a sender that nobody disturbs, until nothing is left to do."""
    order = Order(url=box._url, port=server.port, now=now, to_rest=True, **wishes)  # type: ignore[arg-type]
    assert not senders.run(order), "nobody killed this one"


def verdict(
    box: Outbox, drafts: Sequence[Draft], server: HostileServer, *, killed: int, frozen: int = 0
) -> Verdict:
    """What became of the letters, held against the server's book."""
    query = select(
        outbox.c.message_id, outbox.c.state, outbox.c.last_reply, outbox.c.recipient
    )
    with box._reading() as connection:
        rows = {row.message_id: row for row in connection.execute(query)}
    frozen_bytes = {draft.message: draft.message_id for draft in drafts}
    copies = Counter(frozen_bytes.get(mail.content) for mail in server.book)
    wrong_bodies = copies.pop(None, 0)
    in_state = {
        state: {name for name, row in rows.items() if row.state == state}
        for state in (SENT, UNKNOWN, FAILED)
    }
    refused = {name for name in in_state[FAILED] if rows[name].last_reply[0] in "45"}
    # Two senders can have claimed one letter: the second knows by then that its address is refused.
    refused |= {name for name, row in rows.items()
                if row.state == WITHDRAWN and row.recipient in server.refused}
    timed_out = {name for name in in_state[UNKNOWN] if rows[name].last_reply == "TimeoutError"}
    causes = killed + frozen + len(server.unanswered)
    return Verdict(
        trials=1,
        letters=len(drafts),
        killed=killed,
        frozen=frozen,
        duplicates=sum(count > 1 for count in copies.values()),
        silent_losses=len(in_state[SENT] - copies.keys()),
        wrong_bodies=wrong_bodies,
        wrongly_open=len(copies.keys() - in_state[SENT] - in_state[UNKNOWN]),
        unexplained=len(drafts) - len(in_state[SENT] | in_state[UNKNOWN] | refused)
        + max(0, len(in_state[UNKNOWN] - timed_out) - causes),
        unknown=len(in_state[UNKNOWN]),
        unknown_delivered=len(in_state[UNKNOWN] & copies.keys()),
    )
