"""What becomes of the letter over which a dispatcher was killed."""

from __future__ import annotations

import pytest
from drafts import MORNING
from hostile_smtp import HostileServer, serving
from receivables.dispatch.outbox import Outbox
from senders import POINTS, ROUND, Order, Senders
from trial import fresh_letters, rerun_to_rest, verdict

LETTERS = 4
NOT_GONE = ("after ARM", "before the journal", "after the journal")

FATES = {
    "before the claim": ("sent", "nobody had touched it"),
    "after the claim": ("sent", "the lease runs out, and it is claimed again"),
    "after MAIL and RCPT": ("sent", "a transaction without its dot is forgotten"),
    "after the body": ("sent", "a letter without its dot is no letter"),
    "before ARM": ("sent", "a letter without its dot is no letter"),
    "after ARM": ("unknown", "it did not go, but nobody can prove it"),
    "before the journal": ("unknown", "it did not go, and no crash is taken for a restored outbox"),
    "after the journal": ("unknown", "it did not go, but nobody can prove it"),
    "after the dot": ("unknown", "it went, and nobody was there to hear the answer"),
    "after the 250": ("unknown", "it went, and nobody wrote it down"),
    "before sent": ("unknown", "it went, and nobody wrote it down"),
    "after sent": ("sent", "it went, and it is written down"),
}


def test_every_crash_point_is_in_the_table() -> None:
    assert list(FATES) == list(POINTS)


@pytest.mark.parametrize("point", FATES)
def test_a_dispatcher_killed_at_any_point_sends_nothing_twice(
    senders: Senders, outbox: Outbox, point: str
) -> None:
    fate, because = FATES[point]
    drafts = fresh_letters(outbox, LETTERS)
    with serving(HostileServer()) as server:
        dying = Order(url=outbox._url, port=server.port, now=MORNING, point=point, visit=2)
        assert senders.run(dying)
        rerun_to_rest(senders, outbox, server, MORNING + ROUND)
    counts = {"sent": LETTERS} if fate == "sent" else {"sent": LETTERS - 1, "unknown": 1}
    assert outbox.counts() == counts, because
    assert verdict(outbox, drafts, server, killed=1).bad == 0
    went = LETTERS - 1 if point in NOT_GONE else LETTERS
    assert len(server.book) == went, "and none of those that are called sent is missing"
